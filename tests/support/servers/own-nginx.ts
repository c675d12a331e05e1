import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { binary } from '../jest/binaries.ts';
import { freePort } from '../mire.ts';
import { listening, OwnServer, spawnQuietly } from './own-server.ts';

const SHIPPED = join(import.meta.dirname, '../../../deploy/nginx/mire.conf');

/** The configuration that we ship, its upstream at these ports. */
export const shippedNginx = async (ports: readonly number[]): Promise<string> =>
  (await readFile(SHIPPED, 'utf8')).replace(/server serve-1:3000(.*;)\s*server serve-2:3000.*;/, (_, rules: string) =>
    ports.map((port) => `server 127.0.0.1:${port}${rules}`).join(' '),
  );

/** How to run nginx in the foreground, with all its files in one folder. @param conf what stands in `http` */
export async function nginxWith(folder: string, conf: string): Promise<readonly [string, readonly string[]]> {
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
  return [binary('nginx') ?? '', ['-p', folder, '-e', join(folder, 'error.log'), '-c', file]];
}

/** nginx with the configuration that we ship, but for names and ports, without TLS and without the hosts of cards. */
export async function plainNginx(
  folder: string,
  ports: readonly number[],
): Promise<{ nginx: OwnServer; front: string }> {
  const port = await freePort();
  const [first = ''] = (await shippedNginx(ports)).split('# The card');
  const conf = first
    .replace('listen 8443 ssl', `listen 127.0.0.1:${port}`)
    .replace('http2 on;', '')
    .replaceAll(/ssl_\w+\s[^;]*;/g, '')
    .replace('$scheme', 'https');
  const [command, args] = await nginxWith(folder, conf);
  const nginx = new OwnServer(
    () => spawnQuietly(command, args),
    () => listening(port),
  );
  await nginx.start();
  return { nginx, front: `http://127.0.0.1:${port}` };
}
