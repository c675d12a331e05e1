import { once } from 'node:events';
import { type CommonRedisOptions, Redis } from 'ioredis';
import type { Log } from '../src/log.ts';

/** Milliseconds. A person waits for the answer: no Redis within this time means no Redis. */
const PATIENCE = 1000;
const START_PATIENCE = 5000;

export interface RedisProblem {
  /** Production does not start with an error. */
  readonly level: 'error' | 'warning';
  readonly message: string;
}

/**
 * The connection requests use. It comes back by itself; while it is away every command fails at once instead of waiting
 * in a queue, and a command whose answer was lost is never sent twice: `consume` would then refuse its own winner.
 */
export const openRedis = (url: string, log: Log): Redis =>
  open(url, log, {
    connectTimeout: PATIENCE,
    commandTimeout: PATIENCE,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
  });

function open(url: string, log: Log, options: Omit<CommonRedisOptions, 'replyMapping'>): Redis {
  const redis = new Redis(url, {
    ...options,
    connectionName: 'mire',
    retryStrategy: (times) => Math.min(50 * 2 ** Math.min(times, 5), PATIENCE),
  });
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

/** @throws when Redis cannot be reached within five seconds. */
export async function checkRedis(redis: Redis): Promise<RedisProblem[]> {
  if (redis.status !== 'ready') await once(redis, 'ready', { signal: AbortSignal.timeout(START_PATIENCE) });
  return problemsOf(await setting(redis, 'appendonly'), await setting(redis, 'maxmemory-policy'));
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
