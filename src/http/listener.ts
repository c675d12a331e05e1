import { createServer, type Server, type ServerResponse } from 'node:http';
import { Server as NetServer, type Socket } from 'node:net';
import { setImmediate as immediate, setTimeout as wait } from 'node:timers/promises';
import type Koa from 'koa';

/** One address that is listened on. */
export interface Listener {
  /** Takes nothing new, and lets the requests in hand end, for `grace` milliseconds at most. */
  close(grace: number): Promise<void>;
}

/** Node's own limits; what is over them never reaches the application. */
function createHttpServer(app: Koa): Server {
  const server = createServer(
    { maxHeaderSize: 32 * 1024, requestTimeout: 30_000, headersTimeout: 10_000, keepAliveTimeout: 65_000 },
    app.callback(),
  );
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    if (!socket.writable) return socket.destroy();
    const status = error.code === 'HPE_HEADER_OVERFLOW' ? '431 Request Header Fields Too Large' : '400 Bad Request';
    return socket.end(
      `HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n${status}\n`,
    );
  });
  return server;
}

/**
 * Milliseconds in which a kept connection may still bring a request: it is answered, and told that it is the last. New
 * connections are refused meanwhile, by which a proxy learns to go elsewhere before the idle ones are closed.
 */
export const DRAIN = 1000;

/** Milliseconds of a turn of the event loop in which nobody was heard; and how many are waited for at most. */
const [QUIET, TURNS] = [2, 100];

/**
 * How to close a server. Node's own `close()` cuts kept connections with what is under way on them, and waits for those
 * that were opened and never used: forms would be lost, and every stop would last as long as it may.
 */
function closerOf(server: Server, drain: number): Listener['close'] {
  const answering = new Map<Socket, Set<ServerResponse>>();
  let closing = false;
  server.on('connection', (socket) => {
    answering.set(socket, new Set());
    socket.once('close', () => answering.delete(socket));
  });
  server.prependListener('request', ({ socket }, response) => {
    const responses = answering.get(socket);
    responses?.add(response);
    if (closing) response.setHeader('connection', 'close');
    response.once('close', () => {
      responses?.delete(response);
      if (closing && responses?.size === 0) socket.end();
    });
  });
  return async (grace) => {
    closing = true;
    // Not the HTTP server's own, which begins by cutting every idle connection.
    const closed = new Promise<void>((resolve) => NetServer.prototype.close.call(server, () => resolve()));
    for (const responses of answering.values())
      for (const response of responses) if (!response.headersSent) response.setHeader('connection', 'close');
    await wait(Math.min(drain, grace));
    // A busy process comes here before it has read what arrived meanwhile, and more arrives while it works on that: what is
    // idle is known after a turn of the event loop in which hardly anything was done.
    for (let turns = 0, took = QUIET; turns < TURNS && took >= QUIET; turns += 1) {
      const since = performance.now();
      await immediate();
      took = performance.now() - since;
    }
    for (const [socket, responses] of answering) if (responses.size === 0) socket.destroy();
    const timer = setTimeout(() => server.closeAllConnections(), grace);
    await closed;
    clearTimeout(timer);
  };
}

/**
 * `localhost` means both loopback addresses: which of them a client picks is not ours to say.
 * @param drain 0 where no proxy stands in front
 */
export async function listenOn(app: Koa, host: string, port: number, drain = DRAIN): Promise<Listener[]> {
  const hosts = host === 'localhost' ? ['127.0.0.1', '::1'] : [host];
  const listeners: Listener[] = [];
  for (const address of hosts) {
    const server = createHttpServer(app);
    const close = closerOf(server, drain);
    const failure = await new Promise<NodeJS.ErrnoException | undefined>((resolve) => {
      server.once('error', resolve);
      server.listen(port, address, () => {
        server.off('error', resolve);
        resolve(undefined);
      });
    });
    // A machine without IPv6 serves on the other one.
    if (!failure) listeners.push({ close });
    else if (address !== '::1' || failure.code === 'EADDRINUSE') {
      await Promise.all(listeners.map((open) => open.close(0)));
      throw failure;
    }
  }
  return listeners;
}
