import { once } from 'node:events';
import { Cluster, type Redis } from 'ioredis';
import { REDIS_PATIENCE } from '../config/pace.ts';
import type { Log } from '../src/log.ts';
import { leaveTogether } from './leave-together.ts';
import { connectRedis, type RedisAddress, type RedisClient } from './redis-connections.ts';

export type { RedisAddress, RedisClient } from './redis-connections.ts';

/** Milliseconds. */
const LONGEST_PAUSE = 1000;
const START_PATIENCE = 5000;
/** Somebody was told already that there is no Redis; then it is left. */
const AFTER_PATIENCE = 500;

export interface RedisProblem {
  /** Production does not start with an error. */
  readonly level: 'error' | 'warning';
  readonly message: string;
}

/**
 * The connection requests use. It comes back by itself; while it is away every command fails at once instead of waiting
 * in a queue, and a command whose answer was lost is never sent twice: `consume` would then refuse its own winner.
 * @param patience in seconds. A person waits for the answer: no Redis within this time means no Redis.
 */
export function openRedis(address: RedisAddress & { readonly patience?: number }, log: Log): RedisClient {
  const within = (address.patience ?? REDIS_PATIENCE) * 1000;
  const redis = connectRedis(address, {
    name: 'mire',
    connectWithin: within,
    answerWithin: within,
    silentAfter: within + AFTER_PATIENCE,
    away: 'fail',
    retryAfter: (times) => Math.min(50 * 2 ** Math.min(times, 5), LONGEST_PAUSE),
  });
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

/** The first error need not be the last word: a failover may be under way. @throws the last one */
async function isReady(redis: RedisClient): Promise<void> {
  let last: Error | undefined;
  const hear = (error: Error) => {
    last = error;
  };
  const { promise, resolve } = Promise.withResolvers<void>();
  redis.on('error', hear);
  redis.once('ready', resolve);
  const late = AbortSignal.timeout(START_PATIENCE);
  const over = once(late, 'abort').then(() => {
    throw last ?? new Error('Redis does not answer');
  });
  try {
    await Promise.race([promise, over]);
  } finally {
    redis.off('error', hear);
    redis.off('ready', resolve);
    over.catch(() => undefined);
  }
}

/** @throws when Redis cannot be reached within five seconds. */
export async function checkRedis(redis: RedisClient): Promise<RedisProblem[]> {
  if (redis.status !== 'ready') await isReady(redis);
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
