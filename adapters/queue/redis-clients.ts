import type { Redis } from 'ioredis';
import type { QueuePace } from '../../config/pace.ts';
import { FORMER_QUEUES } from '../../config/redis-keys.ts';
import { connectRedis, type RedisAddress, type RedisClient, type Use } from '../redis-connections.ts';

/** The connections of the queue: who asks has somebody waiting, who works has nobody to tell. */

const retryAfter = (times: number) => Math.min(times * 100, 1000);
const name = 'mire-queue';

/** Of the side that asks. A command that cannot be sent now fails now; it must not be sent once the page has said no. */
export const askingClient = (redis: RedisAddress, { enqueueWithin }: QueuePace): RedisClient =>
  connectRedis(redis, {
    name,
    connectWithin: enqueueWithin,
    answerWithin: enqueueWithin,
    silentAfter: enqueueWithin + 500,
    away: 'fail',
    retryAfter,
  });

/**
 * Of a worker. It repeats what was not answered, which does no harm: a job taken twice is found again once its lock has
 * ended, one ended twice is not there the second time, and a code is sent once whoever takes its job.
 */
export function workingClient(redis: RedisAddress, { silent, wait }: QueuePace): RedisClient {
  const working: Use = { name, connectWithin: silent, silentAfter: silent, away: 'wait', retryAfter };
  const client = connectRedis(redis, working);
  const waiting = (named: string | undefined) => ({
    ...working,
    name: named ?? name,
    // The answer to a command that waits is owed once the wait is over.
    silentAfter: silent + wait,
  });
  return Object.assign(client, {
    /** BullMQ makes a second connection of the first, and waits for jobs on it. */
    duplicate: (...given: Duplication) =>
      waitingShortly(connectRedis(redis, waiting(connectionNameOf(given))), wait / 1000),
  });
}

/** Of one server, its options; of a cluster, other nodes and then options. */
type Duplication = [options?: Named] | [nodes: undefined, options: { redisOptions?: Named }];
interface Named {
  readonly connectionName?: string;
}

const connectionNameOf = ([first, second]: Duplication): string | undefined =>
  first?.connectionName ?? second?.redisOptions?.connectionName;

/** Delayed jobs would have BullMQ wait for ten seconds, through which a server that fell silent looks like any other. */
function waitingShortly(client: RedisClient, seconds: number): RedisClient {
  const one = client as Pick<Redis, 'bzpopmin'>;
  const wait = one.bzpopmin.bind(client) as (key: string, seconds: number) => Promise<unknown>;
  return Object.assign(client, { bzpopmin: (key: string, least: number) => wait(key, Math.min(least, seconds)) });
}

/**
 * A user whom an ACL keeps to the prefix has none: it was made for this release or a later one.
 * @throws when it is closed before Redis has answered
 */
export async function hasFormerQueue(
  redis: RedisAddress,
  { silent }: QueuePace,
  queue: string,
  closing: AbortSignal,
): Promise<boolean> {
  const client = connectRedis(redis, { name, connectWithin: silent, silentAfter: silent, away: 'wait', retryAfter });
  // It goes on trying: the worker beside it says that Redis is away.
  client.on('error', () => undefined);
  const leave = () => client.disconnect();
  closing.addEventListener('abort', leave);
  try {
    return (await client.exists(`${FORMER_QUEUES}:${queue}:meta`)) === 1;
  } catch (error) {
    if (error instanceof Error && error.message.startsWith('NOPERM')) return false;
    throw error;
  } finally {
    closing.removeEventListener('abort', leave);
    leave();
  }
}
