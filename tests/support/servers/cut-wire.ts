import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket, connect as tcpConnect } from 'node:net';

/** A wire to a service that can be cut, hung and mended, without hurting anybody else on it. */
export async function cutWire(target: URL, defaultPort: number) {
  const sockets = new Set<Socket>();
  let hung = false;
  let end = target;
  const server: Server = createServer((client) => {
    const upstream = tcpConnect(Number(end.port || defaultPort), end.hostname);
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('close', () => sockets.delete(socket));
      // A cut wire is the point here; the other side learns of it by the close.
      socket.on('error', () => socket.destroy());
    }
    client.on('close', () => upstream.destroy());
    upstream.on('close', () => client.destroy());
    client.on('data', (data) => {
      if (!hung) upstream.write(data);
    });
    upstream.on('data', (data) => {
      if (!hung) client.write(data);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const url = new URL(target);
  url.hostname = '127.0.0.1';
  url.port = String(port);
  const drop = () => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    url: url.href,
    /** Elsewhere, from the next connection on. */
    lead: (elsewhere: URL) => {
      end = elsewhere;
    },
    hang: () => {
      hung = true;
    },
    async cut() {
      const closed = new Promise((resolve) => server.close(resolve));
      drop();
      await closed;
    },
    async mend() {
      hung = false;
      drop();
      if (server.listening) return;
      server.listen(port, '127.0.0.1');
      await once(server, 'listening');
    },
    async stop() {
      drop();
      if (server.listening) await new Promise((resolve) => server.close(resolve));
    },
  };
}
