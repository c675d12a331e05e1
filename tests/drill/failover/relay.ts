import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { Transform } from 'node:stream';

/**
 * What stands in front of a database as a proxy, a floating address or a name does: it says where new connections go.
 * Those that are there stay where they are, unless they are cut.
 */
export class Relay {
  /** Milliseconds that everything takes, each way. */
  delay = 0;
  #to: number;
  readonly #open = new Set<Socket>();
  readonly #server = createServer((client) => this.#join(client));

  private constructor(to: number) {
    this.#to = to;
  }

  static async start(to: number): Promise<Relay> {
    const relay = new Relay(to);
    relay.#server.listen(0, '127.0.0.1');
    await once(relay.#server, 'listening');
    return relay;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** @returns how many connections there were */
  cut(): number {
    const cut = this.#open.size / 2;
    for (const socket of this.#open) socket.resetAndDestroy();
    return cut;
  }

  moveTo(port: number, connections: 'cut' | 'kept'): void {
    this.#to = port;
    if (connections === 'cut') this.cut();
  }

  async stop(): Promise<void> {
    this.#server.close();
    this.cut();
    await once(this.#server, 'close');
  }

  #join(client: Socket): void {
    const server = connect(this.#to, '127.0.0.1');
    const ends = [client, server] as const;
    for (const one of ends) {
      this.#open.add(one);
      one.setNoDelay(true);
      // One end goes with the other, whatever the reason.
      one.on('error', () => undefined);
      one.on('close', () => {
        this.#open.delete(one);
        for (const other of ends) other.destroy();
      });
    }
    client.pipe(this.#slowly()).pipe(server);
    server.pipe(this.#slowly()).pipe(client);
  }

  #slowly(): Transform {
    return new Transform({
      transform: (chunk, _encoding, done) => {
        if (this.delay === 0) done(null, chunk);
        else setTimeout(() => done(null, chunk), this.delay);
      },
    });
  }
}
