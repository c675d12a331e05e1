import { execFile, execFileSync } from 'node:child_process';
import { chown } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { openDatabase } from '../../adapters/db/database.ts';
import { binary } from './binaries.ts';
import type { TestDatabase } from './database.ts';
import { freePort } from './mire.ts';
import { OwnServer, ownDirectory, spawnQuietly } from './own-server.ts';
import { createDatabase, databaseUrl, withClient } from './postgres.ts';

export interface OwnPostgres {
  readonly server: OwnServer;
  /** An empty database on it. */
  database(): Promise<TestDatabase>;
  remove(): Promise<void>;
}

/** PostgreSQL refuses to run as root. */
function unprivileged(): { uid?: number; gid?: number } {
  if (process.getuid?.() !== 0) return {};
  const id = (flag: string) => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }));
  return { uid: id('-u'), gid: id('-g') };
}

/** A PostgreSQL cluster of its own. */
export async function ownPostgres(): Promise<OwnPostgres> {
  const postgres = binary('postgres-server');
  if (!postgres) throw new Error('PostgreSQL is not installed here');
  const user = unprivileged();
  const directory = await ownDirectory();
  if (user.uid !== undefined && user.gid !== undefined) await chown(directory.path, user.uid, user.gid);
  const data = join(directory.path, 'data');
  const init = ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--no-locale', '--no-sync'];
  await promisify(execFile)(join(dirname(postgres), 'initdb'), init, { cwd: directory.path, ...user });

  const port = await freePort();
  const admin = `postgres://postgres@127.0.0.1:${port}/postgres`;
  const args = [
    '-D',
    data,
    '-p',
    String(port),
    '-k',
    directory.path,
    '-c',
    'listen_addresses=127.0.0.1',
    '-c',
    'max_connections=60',
  ];
  const server = new OwnServer(
    () => spawnQuietly(postgres, args, user),
    () => withClient(admin, (client) => client.query('select 1')),
  );
  await server.start();
  let databases = 0;
  return {
    server,
    async database() {
      const name = `mire_${++databases}`;
      await createDatabase(admin, name);
      const url = databaseUrl(admin, name);
      const database = openDatabase({ url, pool: 4, singleSession: false });
      return { url, singleSession: false, database, stop: () => database.destroy() };
    },
    async remove() {
      await server.kill();
      await directory.remove();
    },
  };
}
