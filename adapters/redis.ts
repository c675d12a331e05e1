import { once } from 'node:events';
import { Cluster, type ClusterOptions, type CommonRedisOptions, Redis } from 'ioredis';
import { REDIS_PATIENCE } from '../config/pace.ts';
import type { Log } from '../src/log.ts';
import { leaveTogether } from './leave-together.ts';

/** Milliseconds. */
const LONGEST_PAUSE = 1000;
const SLOTS_WITHIN = 2000;
const START_PATIENCE = 5000;

export interface RedisProblem {
  /** Production does not start with an error. */
  readonly level: 'error' | 'warning';
  readonly message: string;
}

/** One server (with replicas), or several that share the keys. */
export type RedisClient = Redis | Cluster;

export interface RedisAddress {
  /** With `cluster`, of any node: it names the others. */
  readonly url: string;
  readonly cluster: boolean;
  /** Seconds. A person waits for the answer: no Redis within this time means no Redis. */
  readonly patience?: number;
}

type Options = Omit<CommonRedisOptions, 'replyMapping'>;

/**
 * The connection requests use. It comes back by itself; while it is away every command fails at once instead of waiting
 * in a queue, and a command whose answer was lost is never sent twice: `consume` would then refuse its own winner.
 */
export function openRedis({ url, cluster, patience = REDIS_PATIENCE }: RedisAddress, log: Log): RedisClient {
  const options: Options = {
    connectTimeout: patience * 1000,
    commandTimeout: patience * 1000,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    connectionName: 'mire',
  };
  const retryStrategy = (times: number) => Math.min(50 * 2 ** Math.min(times, 5), LONGEST_PAUSE);
  const redis = cluster
    ? openCluster(url, options, { enableOfflineQueue: false, clusterRetryStrategy: retryStrategy })
    : new Redis(url, { ...options, enableOfflineQueue: false, retryStrategy });
  if (redis instanceof Cluster) redis.on('+node', sendTogether);
  else sendTogether(redis);
  let away = false;
  redis.on('error', (error: Error) => {
    if (!away) log.error({ err: error }, 'redis cannot be reached');
    away = true;
  });
  redis.on('ready', () => {
    if (away) log.info('redis is back');
    away = false;
  });
  return redis;
}

/** Commands of one turn of the event loop leave in one write: the client makes one of each. */
function sendTogether(redis: Redis): void {
  redis.on('connect', () => {
    const { stream } = redis;
    const write = stream.write.bind(stream) as (...given: unknown[]) => boolean;
    stream.write = (...given: unknown[]) => {
      leaveTogether(stream);
      return write(...given);
    };
  });
}

/** Follows keys where they are moved to; sends nothing a second time to a node that went away in the middle. */
export function openCluster(url: string, options: Options, more: ClusterOptions): Cluster {
  const { hostname, port, username, password, protocol } = new URL(url);
  return new Cluster([{ host: hostname, port: Number(port || 6379) }], {
    ...more,
    retryDelayOnFailover: 0,
    slotsRefreshTimeout: SLOTS_WITHIN,
    redisOptions: {
      ...options,
      ...(username ? { username: decodeURIComponent(username) } : {}),
      ...(password ? { password: decodeURIComponent(password) } : {}),
      ...(protocol === 'rediss:' ? { tls: { servername: hostname } } : {}),
    },
  });
}

/** @throws when Redis cannot be reached within five seconds. */
export async function checkRedis(redis: RedisClient): Promise<RedisProblem[]> {
  if (redis.status !== 'ready') await once(redis, 'ready', { signal: AbortSignal.timeout(START_PATIENCE) });
  const servers = redis instanceof Cluster ? redis.nodes('master') : [redis];
  const problems = await Promise.all(
    servers.map(async (one) => problemsOf(await setting(one, 'appendonly'), await setting(one, 'maxmemory-policy'))),
  );
  return problems.flat();
}

/**
 * What would lose or forget rows: without an append-only file a restart signs everybody out and forgets which codes
 * were used, and any eviction policy drops them silently. undefined is a setting the server keeps to itself.
 */
export function problemsOf(appendOnly: string | undefined, policy: string | undefined): RedisProblem[] {
  const settings = [
    { name: 'appendonly', value: appendOnly, wanted: 'yes' },
    { name: 'maxmemory-policy', value: policy, wanted: 'noeviction' },
  ];
  return settings
    .filter(({ value, wanted }) => value !== wanted)
    .map(({ name, value, wanted }) =>
      value === undefined
        ? { level: 'warning', message: `CONFIG GET ${name} is not allowed here: make sure that it is ${wanted}` }
        : { level: 'error', message: `${name} is ${value}, it must be ${wanted}` },
    );
}

/** Hosted servers often refuse CONFIG. */
async function setting(redis: Redis, name: string): Promise<string | undefined> {
  try {
    const [, value] = (await redis.config('GET', name)) as string[];
    return value;
  } catch (error) {
    if (error instanceof Error && /^(?:NOPERM|ERR unknown command)/.test(error.message)) return undefined;
    throw error;
  }
}
