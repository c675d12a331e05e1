import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** A wire to a mail server without TLS that is cut once: when the whole message went through, before its answer comes back. */
export async function cutAfterData(target: URL) {
  const sockets = new Set<Socket>();
  let cut = false;
  const server = createServer((client) => {
    const upstream = connect(Number(target.port), target.hostname);
    let given = false;
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => socket.destroy());
    }
    client.on('close', () => upstream.destroy());
    upstream.on('close', () => client.destroy());
    client.on('data', (data) => {
      given ||= data.includes('\r\n.\r\n');
      upstream.write(data);
    });
    upstream.on('data', (data) => {
      // What would begin TLS is not passed on: nothing could be read of it here.
      const text = data.toString('latin1').replace('250-STARTTLS\r\n', '');
      if (!given || cut) return client.write(text, 'latin1');
      cut = true;
      return client.destroy();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `smtp://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async stop() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
