import { readFileSync } from 'node:fs';
import type { ConnectionOptions as TlsOptions } from 'node:tls';
import pg, { type ClientConfig } from 'pg';
import type { DatabaseAddress, Place } from '../../config/database-url.ts';
import { KEEP_ALIVE_AFTER } from '../../config/pace.ts';
import {
  BARE_STANDING,
  type Identity,
  isKeptToItself,
  LEAVE,
  LEAVE_STANDBY,
  NoPrimary,
  refusalOf,
  STANDING,
  type Standing,
  saysAway,
} from './primary.ts';
import type { Retirable, Servers } from './servers.ts';

export interface ConnectionSettings extends ClientConfig {
  readonly servers: Servers;
  /** By default the first of the servers. */
  readonly place?: Place;
  /** PGlite: nothing to ask, and nowhere else to go. */
  readonly singleSession?: boolean;
  /** Nobody takes it away while it is idle: it holds something by being open. */
  readonly kept?: boolean;
  /** Whom it meets is not taken for the primary. */
  readonly looksOnly?: boolean;
}

/** What of the driver's client its types leave out. */
interface Inside {
  readonly connection: {
    readonly stream: { destroy(error?: Error): void };
    on(event: 'errorMessage', listener: (message: { readonly code?: string }) => void): void;
  };
  readonly processID: number | null;
  readonly readyForQuery?: boolean;
  getTransactionStatus(): string | null;
}

// biome-ignore lint/suspicious/noExplicitAny: whatever the driver answers
type Done = (error: any, ...more: any[]) => void;

/** A certificate that was renewed is read at the next connection. */
function tlsOf({ sslMode, sslRootCert, sslCert, sslKey }: DatabaseAddress): TlsOptions | boolean | undefined {
  if (sslMode === undefined) return undefined;
  if (sslMode === 'disable') return false;
  return {
    ...(sslRootCert && sslRootCert !== 'system' ? { ca: readFileSync(sslRootCert, 'utf8') } : {}),
    ...(sslCert && sslKey ? { cert: readFileSync(sslCert, 'utf8'), key: readFileSync(sslKey, 'utf8') } : {}),
    ...(sslMode === 'no-verify' ? { rejectUnauthorized: false } : {}),
    ...(sslMode === 'verify-ca' ? { checkServerIdentity: () => undefined } : {}),
  };
}

function driverSettings({ servers, place, singleSession, kept, looksOnly, ...rest }: ConnectionSettings): ClientConfig {
  const { address, first } = servers;
  const { host, port, address: one } = place ?? first;
  const { user, password, database, options } = address;
  const tls = tlsOf(address);
  // The certificate names the host, whichever of its addresses this is.
  const ssl = typeof tls === 'object' && one ? { ...tls, servername: host } : tls;
  return {
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEP_ALIVE_AFTER,
    ...(options === undefined ? {} : { options }),
    ...rest,
    host: one ?? host,
    port,
    ...(user === undefined ? {} : { user }),
    ...(password === undefined ? {} : { password }),
    ...(database === undefined ? {} : { database }),
    ...(ssl === undefined ? {} : { ssl }),
  };
}

/** What pg says when it stopped waiting for an answer. */
export const isSilence = (error: unknown): boolean => error instanceof Error && error.message === 'Query read timeout';

/**
 * A connection to the server that takes writes, and to no other: the only kind that Mire opens. It asks once, when it
 * connects; what it hears later, that the server was demoted, goes away or does not answer, it tells all others.
 */
export class Connection extends pg.Client implements Retirable {
  readonly #settings: ConnectionSettings;
  readonly #place: Place;
  #connected = false;
  #identity: Identity | undefined;
  #given: string | undefined;

  constructor(settings: ConnectionSettings) {
    super(driverSettings(settings));
    this.#settings = settings;
    this.#place = settings.place ?? settings.servers.first;
    const { servers } = settings;
    this.#inside.connection.on('errorMessage', ({ code }) => {
      if (this.#connected && !this.isRetired && saysAway(code)) servers.startAfresh(code, this.#place);
    });
    // Whoever waits for an answer hears it there.
    const over = () => {
      this.#given ??= 'it ended';
      servers.remove(this);
    };
    this.on('error', over);
    this.once('end', over);
  }

  get #inside(): Inside {
    return this as unknown as Inside;
  }

  /** Who it said to be when it connected. */
  get identity(): Identity | undefined {
    return this.#identity;
  }

  get isIdle(): boolean {
    return this.#inside.readyForQuery === true && this.#inside.getTransactionStatus() === 'I';
  }

  /** It is not to be given to anybody any more. */
  get isRetired(): boolean {
    return this.#given !== undefined;
  }

  override connect(): Promise<this>;
  override connect(done: ((error: Error) => void) | ((error: null, client: pg.Client) => void)): void;
  override connect(done?: Done): unknown {
    const connected = this.#connect();
    if (!done) return connected;
    return connected.then(
      () => done(null, this),
      (error: Error) => done(error),
    );
  }

  async #connect(): Promise<this> {
    await super.connect();
    const { singleSession, servers, kept } = this.#settings;
    if (!singleSession) {
      await this.#present();
      if (!kept) servers.add(this);
    }
    this.#connected = true;
    return this;
  }

  /** Asks the server who it is, and leaves one that must not be used. @throws {NoPrimary} */
  async #present(): Promise<void> {
    const { servers } = this.#settings;
    try {
      const standing = await this.#standing();
      const refusal = refusalOf(this.#place, standing, servers.identity);
      if (refusal) {
        if (standing.pid !== this.#inside.processID)
          await super.query(standing.standby || standing.readOnly ? LEAVE_STANDBY : LEAVE).catch(() => undefined);
        throw new NoPrimary(refusal);
      }
      this.#identity = standing.identity;
      if (!this.#settings.looksOnly) servers.met(this.#place, standing.identity);
    } catch (error) {
      this.#inside.connection.stream.destroy();
      throw error;
    }
  }

  async #standing(): Promise<Standing> {
    // Who connects waits for this too.
    const ask = async (text: string) => {
      const asked = { text, query_timeout: this.#settings.connectionTimeoutMillis ?? 0 };
      const { rows } = await super.query<{
        pid: number;
        standby: boolean;
        readOnly: boolean;
        system: string | null;
        timeline: string | null;
      }>(asked);
      const [row] = rows;
      if (!row) throw new NoPrimary('the server did not say what it is');
      const { pid, standby, readOnly, system, timeline } = row;
      const identity = system && timeline ? { system, timeline: Number.parseInt(timeline, 16) } : undefined;
      return { pid, standby, readOnly, identity };
    };
    try {
      return await ask(STANDING);
    } catch (error) {
      if (isKeptToItself(error)) return ask(BARE_STANDING);
      throw error;
    }
  }

  // biome-ignore lint/suspicious/noExplicitAny: the driver's own signature has six shapes
  override query(asked: any, values?: any, done?: any): any {
    const heard = (error: unknown) => {
      if (!isSilence(error)) return;
      const first = !this.isRetired;
      this.retire('once', 'the server did not answer');
      if (first) this.#settings.servers.startAfresh('silent', this.#place);
    };
    const listening =
      (given: Done): Done =>
      (error, ...more) => {
        if (error) heard(error);
        given(error, ...more);
      };
    if (typeof asked?.submit === 'function') {
      if (asked.callback) asked.callback = listening(asked.callback);
      return super.query(asked, values, done);
    }
    if (typeof values === 'function') return super.query(asked, listening(values) as never);
    if (typeof done === 'function') return super.query(asked, values, listening(done) as never);
    const answer = super.query(asked, values) as unknown as Promise<unknown>;
    answer.catch(heard);
    return answer;
  }

  retire(at: 'once' | 'release', why: string): void {
    this.#given ??= why;
    if (at === 'once' || this.isIdle) this.#destroy();
    else
      this.on('drain', () => {
        if (this.isIdle) this.#destroy();
      });
  }

  /** With a reason, so that whoever keeps this connection for long opens another. */
  #destroy(): void {
    const error = Object.assign(new Error(`the connection was given up: ${this.#given}`), { code: 'ECONNABORTED' });
    this.#inside.connection.stream.destroy(error);
  }
}

/** Opens a connection of its own to the primary, whichever of the servers that is. */
export function connectAlone(settings: ConnectionSettings): Promise<Connection> {
  const { servers } = settings;
  return servers.inTurn(() => new Connection(settings).connect());
}
