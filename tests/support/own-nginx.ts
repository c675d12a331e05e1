import { readFile, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { binary } from './binaries.ts';
import { freePort } from './mire.ts';
import { OwnServer, spawnQuietly } from './own-server.ts';

/** The upstream of the configuration that we ship, with these ports in place of its names. */
export const withPorts = (conf: string, ports: readonly number[]): string =>
  conf.replace(/server serve-1:3000(.*;)\s*server serve-2:3000.*;/, (_, rules: string) =>
    ports.map((port) => `server 127.0.0.1:${port}${rules}`).join(' '),
  );

/** nginx with the configuration that we ship, but for names and ports, without TLS and without the hosts of cards. */
export async function plainNginx(
  folder: string,
  ports: readonly number[],
): Promise<{ nginx: OwnServer; front: string }> {
  const port = await freePort();
  const shipped = await readFile(join(import.meta.dirname, '../../deploy/nginx/mire.conf'), 'utf8');
  const [first = ''] = shipped.split('# The card');
  const conf = withPorts(first, ports)
    .replace('listen 8443 ssl', `listen 127.0.0.1:${port}`)
    .replace('http2 on;', '')
    .replaceAll(/ssl_\w+\s[^;]*;/g, '')
    .replace('$scheme', 'https');
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `${name}_temp_path ${folder}/${name};`,
  );
  const file = join(folder, 'nginx.conf');
  await writeFile(
    file,
    `daemon off; master_process off; pid ${folder}/pid; error_log ${folder}/error.log;
     events { worker_connections 2048; }
     http { access_log off; ${temporary.join(' ')}\n${conf} }`,
  );
  const nginx = new OwnServer(
    () => spawnQuietly(binary('nginx') ?? '', ['-p', folder, '-e', join(folder, 'error.log'), '-c', file]),
    () =>
      new Promise<void>((resolve, reject) => {
        const socket = connect(port, '127.0.0.1', () => {
          socket.destroy();
          resolve();
        });
        socket.on('error', reject);
      }),
  );
  await nginx.start();
  return { nginx, front: `http://127.0.0.1:${port}` };
}
