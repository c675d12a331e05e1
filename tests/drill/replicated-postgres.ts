import { execFile, execFileSync } from 'node:child_process';
import { chown, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { binary } from '../support/jest/binaries.ts';
import { freePort } from '../support/mire.ts';
import { OwnServer, ownDirectory, spawnQuietly } from '../support/servers/own-server.ts';
import { withClient } from '../support/storage/postgres.ts';

const run = promisify(execFile);

/** PostgreSQL refuses to run as root. */
function unprivileged(): { uid?: number; gid?: number } {
  if (process.getuid?.() !== 0) return {};
  const id = (flag: string) => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }));
  return { uid: id('-u'), gid: id('-g') };
}

/** A primary on a disk that can be filled, a standby that acknowledges every commit, and one address for both. */
export class ReplicatedPostgres {
  readonly primary: OwnServer;
  readonly standby: OwnServer;
  readonly url: string;
  /** Undefined where this machine lets nobody mount a small disk. */
  readonly disk: string | undefined;
  readonly #standbyUrl: string;
  readonly #remove: () => Promise<void>;

  private constructor(parts: {
    primary: OwnServer;
    standby: OwnServer;
    url: string;
    standbyUrl: string;
    disk: string | undefined;
    remove: () => Promise<void>;
  }) {
    this.primary = parts.primary;
    this.standby = parts.standby;
    this.url = parts.url;
    this.#standbyUrl = parts.standbyUrl;
    this.disk = parts.disk;
    this.#remove = parts.remove;
  }

  static async start(): Promise<ReplicatedPostgres> {
    const postgres = binary('postgres-server') ?? '';
    const tool = (name: string) => join(dirname(postgres), name);
    const user = unprivileged();
    const directory = await ownDirectory();
    const give = async (path: string) => {
      if (user.uid !== undefined && user.gid !== undefined) await chown(path, user.uid, user.gid);
    };
    await give(directory.path);
    const disk = await smallDisk(join(directory.path, 'disk'));
    await give(join(directory.path, 'disk'));
    const [ports, data] = [[await freePort(), await freePort()] as const, join(directory.path, 'disk', 'primary')];
    const copy = join(directory.path, 'standby');
    await run(tool('initdb'), ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--no-locale', '--no-sync'], {
      cwd: directory.path,
      ...user,
    });
    const urlOf = (port: number) => `postgres://postgres@127.0.0.1:${port}/postgres`;
    const server = (path: string, port: number, more: readonly string[]) => {
      const common = ['max_connections=120', 'min_wal_size=32MB', 'max_wal_size=64MB', ...more];
      const args = ['-D', path, '-p', String(port), '-k', directory.path, '-c', 'listen_addresses=127.0.0.1'];
      return new OwnServer(
        () => spawnQuietly(postgres, [...args, ...common.flatMap((one) => ['-c', one])], user),
        () => withClient(urlOf(port), (client) => client.query('select 1')),
      );
    };
    const primary = server(data, ports[0], ['wal_level=replica', 'max_wal_senders=4']);
    await primary.start();
    const source = `host=127.0.0.1 port=${ports[0]} user=postgres application_name=standby`;
    await run(tool('pg_basebackup'), ['-d', source, '-D', copy, '-R', '-X', 'stream', '-c', 'fast'], { ...user });
    const standby = server(copy, ports[1], []);
    await standby.start();
    // From here on no commit is acknowledged that the standby has not on its disk.
    await withClient(urlOf(ports[0]), async (client) => {
      await client.query("alter system set synchronous_standby_names = '*'");
      await client.query('select pg_reload_conf()');
      await client.query('create database mire');
    });
    const port = await freePort();
    const address = await oneAddress(directory.path, port, ports);
    return new ReplicatedPostgres({
      primary,
      standby,
      disk,
      url: `postgres://postgres@127.0.0.1:${port}/mire`,
      standbyUrl: urlOf(ports[1]),
      async remove() {
        await address.kill();
        await Promise.all([primary.kill(), standby.kill()]);
        if (disk) await run('umount', ['-l', disk]);
        await directory.remove();
      },
    });
  }

  /** What an operator, or a tool such as Patroni, does when the primary is gone for good. */
  async promote(): Promise<void> {
    await withClient(this.#standbyUrl, async (client) => {
      await client.query('select pg_promote()');
    });
  }

  remove = (): Promise<void> => this.#remove();
}

async function smallDisk(path: string): Promise<string | undefined> {
  await run('mkdir', ['-p', path]);
  try {
    await run('mount', ['-t', 'tmpfs', '-o', 'size=400m', 'tmpfs', path]);
    return path;
  } catch {
    return undefined;
  }
}

/** HAProxy before both, as a floating address would be: to the standby only when the primary does not answer. */
async function oneAddress(folder: string, port: number, ports: readonly [number, number]): Promise<OwnServer> {
  const file = join(folder, 'haproxy.cfg');
  await writeFile(
    file,
    `defaults
       mode tcp
       timeout connect 2s
       timeout client 1h
       timeout server 1h
       retries 0
     listen postgres
       bind 127.0.0.1:${port}
       default-server check inter 200ms fall 2 rise 1 on-marked-down shutdown-sessions
       server primary 127.0.0.1:${ports[0]}
       server standby 127.0.0.1:${ports[1]} backup
`,
  );
  const haproxy = binary('haproxy') ?? '';
  const server = new OwnServer(
    () => spawnQuietly(haproxy, ['-db', '-f', file]),
    () => withClient(`postgres://postgres@127.0.0.1:${port}/postgres`, (client) => client.query('select 1')),
  );
  await server.start();
  return server;
}
