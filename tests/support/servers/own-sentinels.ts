import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { binary } from '../jest/binaries.ts';
import { until } from '../jest/until.ts';
import { freePort } from '../mire.ts';
import { type OwnRedis, ownRedis } from './own-redis.ts';
import { OwnServer, ownDirectory, spawnQuietly } from './own-server.ts';

export const MASTER = 'mire-master';
/** Milliseconds that a server may say nothing before the Sentinels call it down. */
const DOWN_AFTER = 2000;

const PRIMARY = {
  appendonly: 'yes',
  'maxmemory-policy': 'noeviction',
  'repl-diskless-sync-delay': '0',
  'repl-ping-replica-period': '1',
};

export interface RedisPair {
  readonly first: OwnRedis;
  readonly second: OwnRedis;
  /** The second follows nobody any more. */
  promote(): Promise<void>;
  remove(): Promise<void>;
}

export const portOf = ({ url }: Pick<OwnRedis, 'url'>): number => Number(new URL(url).port);

/** Asks one server once. */
export async function askRedis<T>(url: string, ask: (redis: Redis) => Promise<T>): Promise<T> {
  const redis = new Redis(url, { lazyConnect: true, retryStrategy: () => null });
  // connect() rejects with the same error.
  redis.on('error', () => undefined);
  try {
    await redis.connect();
    return await ask(redis);
  } finally {
    redis.disconnect();
  }
}

type RedisSettings = Readonly<Record<string, string>>;

/** A primary and a replica that has all of it. @param each more of one and of the other */
export async function redisPair(
  more: RedisSettings = {},
  each: readonly [RedisSettings, RedisSettings] = [{}, {}],
): Promise<RedisPair> {
  const [first, second] = await Promise.all([
    ownRedis({ ...PRIMARY, ...more, ...each[0] }),
    ownRedis({ ...PRIMARY, ...more, ...each[1] }),
  ]);
  await follow(second, first);
  return {
    first,
    second,
    promote: () => askRedis(second.url, (redis) => redis.replicaof('NO', 'ONE')).then(() => undefined),
    async remove() {
      await Promise.all([first.remove(), second.remove()]);
    },
  };
}

/** Connections of clients stay open: who writes over them is refused from now on. */
export async function follow(replica: OwnRedis, primary: OwnRedis): Promise<void> {
  await askRedis(replica.url, (redis) => redis.replicaof('127.0.0.1', portOf(primary)));
  await until('a replica to have all of its primary', async () =>
    (await askRedis(replica.url, (redis) => redis.info('replication'))).includes('master_link_status:up'),
  );
}

export interface OwnSentinels extends RedisPair {
  /** What REDIS_URL says. */
  readonly url: string;
  readonly sentinels: readonly OwnServer[];
  /** A planned failover, by Sentinel. */
  failOver(): Promise<void>;
  /** Resolves when a majority of the Sentinels names the second server. */
  switched(): Promise<void>;
}

/** A primary, its replica, and three Sentinels that watch them. */
export async function ownSentinels(): Promise<OwnSentinels> {
  const pair = await redisPair();
  const directory = await ownDirectory();
  const ports = [await freePort(), await freePort(), await freePort()];
  const sentinels = await Promise.all(ports.map((port) => startSentinel(directory.path, port, portOf(pair.first))));
  const ask = <T>(port: number, question: (redis: Redis) => Promise<T>) =>
    askRedis(`redis://127.0.0.1:${port}`, question);
  const knowEachOther = async () => {
    const known = await Promise.all(
      ports.map((port) => ask(port, async (redis) => String(await redis.call('INFO', 'sentinel')))),
    );
    return known.every((info) => /status=ok,.*slaves=1,sentinels=3/.test(info));
  };
  await until('three Sentinels to know each other and the replica', knowEachOther);
  const named = async (port: number) => {
    const [, now] = (await ask(port, (redis) => redis.call('SENTINEL', 'GET-MASTER-ADDR-BY-NAME', MASTER))) as string[];
    return Number(now) === portOf(pair.second);
  };
  return {
    ...pair,
    url: `redis+sentinel://${ports.map((port) => `127.0.0.1:${port}`).join(',')}/${MASTER}`,
    sentinels,
    async failOver() {
      await ask(ports[0] ?? 0, (redis) => redis.call('SENTINEL', 'FAILOVER', MASTER));
    },
    async switched() {
      await until('the Sentinels to name the other server', async () => {
        const votes = await Promise.all(ports.map((port) => named(port).catch(() => false)));
        return votes.filter(Boolean).length >= 2;
      });
    },
    async remove() {
      await Promise.all(sentinels.map((sentinel) => sentinel.kill()));
      await pair.remove();
      await directory.remove();
    },
  };
}

async function startSentinel(folder: string, port: number, primary: number): Promise<OwnServer> {
  const file = join(folder, `sentinel-${port}.conf`);
  await writeFile(
    file,
    [
      `port ${port}`,
      'bind 127.0.0.1',
      `dir ${folder}`,
      `sentinel monitor ${MASTER} 127.0.0.1 ${primary} 2`,
      `sentinel down-after-milliseconds ${MASTER} ${DOWN_AFTER}`,
      `sentinel failover-timeout ${MASTER} 10000`,
      '',
    ].join('\n'),
  );
  const server = new OwnServer(
    () => spawnQuietly(binary('redis-server') ?? '', [file, '--sentinel']),
    () => askRedis(`redis://127.0.0.1:${port}`, (redis) => redis.ping()),
  );
  await server.start();
  return server;
}
