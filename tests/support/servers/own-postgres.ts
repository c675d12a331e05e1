import { execFile, execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chown } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { openDatabase } from '../../../adapters/db/database.ts';
import { binary } from '../jest/binaries.ts';
import { freePort } from '../mire.ts';
import type { TestDatabase } from '../storage/database.ts';
import { createDatabase, databaseUrl, withClient } from '../storage/postgres.ts';
import { OwnServer, ownDirectory, spawnQuietly } from './own-server.ts';

export interface OwnPostgres {
  readonly server: OwnServer;
  /** Of its administrator. */
  readonly url: string;
  /** May be read and written by the server too. */
  readonly folder: string;
  /** A program of PostgreSQL, or of the system, as the user that the server runs as. */
  tool(name: string, ...args: readonly string[]): Promise<void>;
  /** Another server on these data, not started yet. */
  another(data: string): Promise<{ readonly server: OwnServer; readonly url: string }>;
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

/** A PostgreSQL cluster of its own. `settings`: more of postgresql.conf, from where it stands. */
export async function ownPostgres(
  settings: (folder: string) => Readonly<Record<string, string>> = () => ({}),
): Promise<OwnPostgres> {
  const postgres = binary('postgres-server');
  if (!postgres) throw new Error('PostgreSQL is not installed here');
  const user = unprivileged();
  const directory = await ownDirectory();
  if (user.uid !== undefined && user.gid !== undefined) await chown(directory.path, user.uid, user.gid);
  const data = join(directory.path, 'data');
  const run = promisify(execFile);
  const tool = async (name: string, ...args: readonly string[]) => {
    const program = join(dirname(postgres), name);
    await run(existsSync(program) ? program : name, args, { cwd: directory.path, ...user });
  };
  await tool('initdb', '-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--no-locale', '--no-sync');

  const serverOn = async (path: string) => {
    const port = await freePort();
    const url = `postgres://postgres@127.0.0.1:${port}/postgres`;
    // A server that is killed loses nothing of what the system already has: only a power cut would, and nobody tries that.
    const quick = { fsync: 'off', max_connections: '60' };
    const all = { listen_addresses: '127.0.0.1', ...quick, ...settings(directory.path) };
    const more = Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
    const server = new OwnServer(
      () => spawnQuietly(postgres, ['-D', path, '-p', String(port), '-k', directory.path, ...more], user),
      () => withClient(url, (client) => client.query('select 1')),
    );
    return { server, url };
  };
  const { server, url: admin } = await serverOn(data);
  await server.start();
  let databases = 0;
  return {
    server,
    url: admin,
    folder: directory.path,
    tool,
    another: serverOn,
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
