import pg, { type ClientBase, type PoolClient, type PoolConfig } from 'pg';
import { Connection, type ConnectionSettings } from './connection.ts';

type Taken = (error: Error | undefined, client: PoolClient | undefined, release: PoolClient['release']) => void;

/** The driver's own pool, of connections to the primary: for the queue, which brings its own statements. */
export class ConnectionPool extends pg.Pool {
  readonly #settings: ConnectionSettings;
  #ended: Promise<void> | undefined;

  constructor(settings: ConnectionSettings & PoolConfig) {
    // The driver's pool opens its connections with whatever class it is given.
    super({ ...settings, Client: Connection as unknown as new () => ClientBase });
    this.#settings = settings;
  }

  override connect(): Promise<PoolClient>;
  override connect(done: Taken): void;
  override connect(done?: Taken): unknown {
    const taken = this.#settings.servers.inTurn(() => super.connect());
    if (!done) return taken;
    return taken.then(
      (client) => done(undefined, client, client.release),
      (error: Error) => done(error, undefined, () => undefined),
    );
  }

  /** As often as one likes: who closes a queue that is closing already does no harm. */
  override end(): Promise<void>;
  override end(done: () => void): void;
  override end(done?: () => void): unknown {
    this.#ended ??= super.end();
    return done ? this.#ended.then(done) : this.#ended;
  }
}
