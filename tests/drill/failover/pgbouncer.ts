import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { binary } from '../../support/jest/binaries.ts';
import { freePort } from '../../support/mire.ts';
import { listening, OwnServer, spawnQuietly } from '../../support/servers/own-server.ts';

/**
 * PgBouncer as docs/scaling.md says it is to be set, with a connection for each client: those before 1.21 follow no
 * statement that has a name.
 * @param folder of the user that it runs as
 */
export async function pgbouncer(folder: string, databasePort: number): Promise<{ server: OwnServer; port: number }> {
  const port = await freePort();
  const file = join(folder, 'pgbouncer.ini');
  writeFileSync(
    file,
    `[databases]
mire = host=127.0.0.1 port=${databasePort} dbname=mire user=postgres
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = any
pool_mode = session
default_pool_size = 60
max_client_conn = 400
ignore_startup_parameters = statement_timeout, options
server_login_retry = 1
server_connect_timeout = 3
`,
  );
  const { uid, gid } = statSync(folder);
  const server = new OwnServer(
    () => spawnQuietly(binary('pgbouncer') ?? '', [file], process.getuid?.() === 0 ? { uid, gid } : {}),
    () => listening(port),
  );
  await server.start();
  return { server, port };
}
