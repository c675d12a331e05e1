import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { Transform } from 'node:stream';

/**
 * What stands in front of a server as a proxy, a floating address or a name does: it says where new connections go. Those
 * that are there stay where they are, unless they are cut.
 */
export class MovingAddress {
  /** Milliseconds that everything takes, each way. */
  delay = 0;
  #to: number;
  #hush = false;
  readonly #hushed = new WeakSet<Socket>();
  readonly #open = new Set<Socket>();
  readonly #server = createServer((client) => this.#join(client));

  private constructor(to: number) {
    this.#to = to;
  }

  static async of(port: number): Promise<MovingAddress> {
    const address = new MovingAddress(port);
    address.#server.listen(0, '127.0.0.1');
    await once(address.#server, 'listening');
    return address;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Connections are taken and stay open, and nothing comes through them any more, those to come included until it moves. */
  hush(): void {
    this.#hush = true;
    for (const socket of this.#open) this.#hushed.add(socket);
  }

  cut(): void {
    for (const socket of this.#open) socket.resetAndDestroy();
  }

  moveTo(port: number, connections: 'cut' | 'kept'): void {
    this.#to = port;
    this.#hush = false;
    if (connections === 'cut') this.cut();
  }

  async stop(): Promise<void> {
    this.#server.close();
    this.cut();
    await once(this.#server, 'close');
  }

  #join(client: Socket): void {
    const server = connect(this.#to, '127.0.0.1');
    for (const one of [client, server]) {
      this.#open.add(one);
      if (this.#hush) this.#hushed.add(one);
      one.setNoDelay(true);
      // One end goes with the other, whatever the reason.
      one.on('error', () => undefined);
      one.on('close', () => {
        this.#open.delete(one);
        for (const other of [client, server]) other.destroy();
      });
    }
    client.pipe(this.#way(client)).pipe(server);
    server.pipe(this.#way(server)).pipe(client);
  }

  #way(from: Socket): Transform {
    return new Transform({
      transform: (chunk, _encoding, done) => {
        if (this.#hushed.has(from)) done();
        else if (this.delay === 0) done(null, chunk);
        else setTimeout(() => done(null, chunk), this.delay);
      },
    });
  }
}
