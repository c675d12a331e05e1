import { timingSafeEqual } from 'node:crypto';
import { createServer, type Server, type Socket } from 'node:net';
import type { PgliteSession } from './pglite-session.ts';

/** First words of a connection (PostgreSQL protocol, §55.7 "Message Formats"). */
const PROTOCOL_3 = 196_608;
const SSL_REQUEST = 80_877_103;
const GSS_REQUEST = 80_877_104;
const MAX_CONNECTIONS = 50;
/** Far above any query of ours: a length beyond it is not this protocol. */
const MAX_MESSAGE = 64 * 1024 * 1024;

const ENDS_UNIT = new Set(['Q', 'S', 'F', 'H', 'c', 'f']);
const ASK_PASSWORD = Buffer.from([0x52, 0, 0, 0, 8, 0, 0, 0, 3]);

export interface PgliteSocket {
  readonly port: number;
  /** Connections wait from the moment the port is open; they are served once this is called. */
  serve(session: PgliteSession): void;
  notify(frame: Buffer): void;
  stop(): Promise<void>;
}

/** PostgreSQL's wire protocol on a random loopback port; the password keeps other users of the machine out. */
export async function openPgliteSocket(password: string): Promise<PgliteSocket> {
  const connections = new Set<Connection>();
  const session = Promise.withResolvers<PgliteSession>();
  const sockets = new Set<Socket>();
  const server = createServer({ noDelay: true, pauseOnConnect: true }, (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    session.promise.then((ready) => {
      const connection = new Connection(socket, ready, password);
      connections.add(connection);
      socket.once('close', () => connections.delete(connection));
    });
  });
  server.maxConnections = MAX_CONNECTIONS;
  const port = await listen(server);
  return {
    port,
    serve: session.resolve,
    notify: (frame) => {
      for (const connection of connections) connection.notify(frame);
    },
    async stop() {
      const closed = Promise.withResolvers<void>();
      server.close(() => closed.resolve());
      for (const socket of sockets) socket.destroy();
      await closed.promise;
    },
  };
}

function listen(server: Server): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  server.once('error', reject);
  server.listen(0, '127.0.0.1', () => {
    const address = server.address();
    if (address && typeof address === 'object') resolve(address.port);
  });
  return promise;
}

class Connection {
  readonly #socket: Socket;
  readonly #session: PgliteSession;
  readonly #password: Buffer;
  #stage: 'startup' | 'password' | 'open' = 'startup';
  #startup: Uint8Array = new Uint8Array();
  #received: Buffer = Buffer.alloc(0);
  #unit: Uint8Array[] = [];

  constructor(socket: Socket, session: PgliteSession, password: string) {
    this.#socket = socket;
    this.#session = session;
    this.#password = Buffer.from(password);
    socket.on('data', (data: Buffer) => this.#read(data));
    socket.resume();
  }

  notify(frame: Buffer): void {
    if (this.#stage === 'open' && this.#socket.writable) this.#socket.write(frame);
  }

  #read(data: Buffer): void {
    this.#received = this.#received.length === 0 ? data : Buffer.concat([this.#received, data]);
    while (!this.#socket.destroyed) {
      // A startup message has no type before its length.
      const header = this.#stage === 'startup' ? 0 : 1;
      if (this.#received.length < header + 4) return;
      const length = this.#received.readInt32BE(header);
      if (length < 4 || length > MAX_MESSAGE) this.#socket.destroy();
      if (this.#socket.destroyed || this.#received.length < header + length) return;
      // Copied: PGlite keeps no reference to it, and the buffer behind it is Node's own pool.
      const message = new Uint8Array(this.#received.subarray(0, header + length));
      this.#received = this.#received.subarray(header + length);
      this.#take(message);
    }
  }

  #take(message: Uint8Array): void {
    if (this.#stage === 'startup') this.#greet(message);
    else if (this.#stage === 'password') this.#admit(message);
    else {
      const type = String.fromCharCode(message[0] ?? 0);
      if (type === 'X') this.#socket.destroy();
      else this.#unit.push(message);
      if (ENDS_UNIT.has(type)) this.#hand(this.#unit.splice(0));
    }
  }

  #greet(message: Uint8Array): void {
    const code = message.length < 8 ? 0 : Buffer.from(message).readInt32BE(4);
    if (code === SSL_REQUEST || code === GSS_REQUEST) this.#socket.write('N');
    else if (code !== PROTOCOL_3) this.#socket.destroy();
    else {
      this.#startup = message;
      this.#stage = 'password';
      this.#socket.write(ASK_PASSWORD);
    }
  }

  #admit(message: Uint8Array): void {
    const given = Buffer.from(message.subarray(5, -1));
    if (given.length !== this.#password.length || !timingSafeEqual(given, this.#password)) this.#refuse();
    else {
      this.#stage = 'open';
      this.#socket.once('close', () => this.#session.leave(this));
      this.#hand([this.#startup]);
    }
  }

  #refuse(): void {
    const fields = Buffer.from('SFATAL\0C28P01\0Mwrong password\0\0');
    const head = Buffer.from([0x45, 0, 0, 0, 0]);
    head.writeInt32BE(fields.length + 4, 1);
    this.#socket.end(Buffer.concat([head, fields]));
  }

  #hand(messages: Uint8Array[]): void {
    this.#session.run({
      owner: this,
      messages,
      answer: (frames) => {
        if (this.#socket.writable) this.#socket.write(frames);
      },
      failed: () => this.#socket.destroy(),
    });
  }
}
