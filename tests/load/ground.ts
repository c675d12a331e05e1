import { execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, globSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { Redis } from 'ioredis';
import pg from 'pg';
import { onCore } from './target.ts';

/** PostgreSQL and Redis of this run alone, on one core, as durable as in production. */
export interface Ground {
  readonly databaseUrl: string;
  readonly redisUrl: string;
  /** A database of its own beside the first. */
  database(name: string): Promise<string>;
  stop(): Promise<void>;
}

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

const asRoot = process.getuid?.() === 0;
/** PostgreSQL refuses to run as root. */
const asPostgres = (command: readonly string[]): [string, string[]] =>
  asRoot
    ? ['setpriv', ['--reuid=postgres', '--regid=postgres', '--clear-groups', ...command]]
    : [command[0] ?? '', command.slice(1)];

async function until(name: string, answers: () => Promise<unknown>): Promise<void> {
  for (let tries = 0; tries < 200; tries += 1) {
    try {
      await answers();
      return;
    } catch {
      await wait(50);
    }
  }
  throw new Error(`${name} did not start`);
}

function makeCluster(bin: string, directory: string): void {
  mkdirSync(directory, { recursive: true });
  if (asRoot) execFileSync('chown', ['postgres', directory]);
  const options = ['-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C.UTF-8'];
  const [initdb, args] = asPostgres([`${bin}/initdb`, '-D', directory, ...options]);
  execFileSync(initdb, args, { stdio: 'ignore', cwd: tmpdir() });
}

/**
 * @param cores as `taskset -c` takes them
 * @param kept a directory whose database outlives this run; else it goes with it
 */
export async function startPostgres(
  cores: number | string,
  kept?: string,
): Promise<{ url: string; stop(): Promise<void> }> {
  const bin = globSync('/usr/lib/postgresql/*/bin').sort().at(-1);
  if (!bin) throw new Error('the bench needs PostgreSQL (Debian: postgresql)');
  const directory = kept ?? mkdtempSync(join(tmpdir(), 'mire-bench-pg-'));
  if (!existsSync(join(directory, 'PG_VERSION'))) makeCluster(bin, directory);
  const port = await freePort();
  const options = [
    'shared_buffers=512MB',
    'max_connections=100',
    'max_wal_size=4GB',
    `unix_socket_directories=${directory}`,
  ];
  const place = ['-D', directory, '-h', '127.0.0.1', '-p', String(port)];
  const [command, args] = asPostgres([`${bin}/postgres`, ...place, ...options.flatMap((option) => ['-c', option])]);
  const [pinned, pinnedArgs] = onCore(cores, [command, ...args]);
  const child = spawn(pinned, pinnedArgs, { stdio: 'ignore', cwd: tmpdir() });
  const url = `postgres://postgres@127.0.0.1:${port}/postgres`;
  await until('PostgreSQL', async () => {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    await client.end();
  });
  return {
    url,
    async stop() {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGINT');
      await ended;
      if (!kept) rmSync(directory, { recursive: true, force: true });
    },
  };
}

async function startRedis(core: number): Promise<{ url: string; stop(): Promise<void> }> {
  const directory = mkdtempSync(join(tmpdir(), 'mire-bench-redis-'));
  const port = await freePort();
  const [pinned, args] = onCore(core, [
    'redis-server',
    '--bind',
    '127.0.0.1',
    '--port',
    String(port),
    '--dir',
    directory,
    '--appendonly',
    'yes',
    '--save',
    '',
    '--maxmemory-policy',
    'noeviction',
  ]);
  const child = spawn(pinned, args, { stdio: 'ignore' });
  const url = `redis://127.0.0.1:${port}`;
  await until('Redis', async () => {
    const redis = new Redis(url, { lazyConnect: true, retryStrategy: () => null });
    redis.on('error', () => undefined);
    await redis.connect();
    redis.disconnect();
  });
  return {
    url,
    async stop() {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGTERM');
      await ended;
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

export async function openGround(core: number): Promise<Ground> {
  const postgres = await startPostgres(core);
  const redis = await startRedis(core);
  return {
    databaseUrl: postgres.url,
    redisUrl: redis.url,
    async database(name) {
      const client = new pg.Client({ connectionString: postgres.url });
      await client.connect();
      await client.query(`create database ${name}`);
      await client.end();
      const url = new URL(postgres.url);
      url.pathname = `/${name}`;
      return url.href;
    },
    async stop() {
      await redis.stop();
      await postgres.stop();
    },
  };
}

const key = () => randomBytes(32).toString('base64');
export const secrets = (): Record<string, string> => ({
  COOKIE_KEYS: key(),
  DATA_KEYS: `1:${key()}`,
  INDEX_KEY: key(),
  PAIRWISE_KEY: key(),
  DPOP_KEY: key(),
});
