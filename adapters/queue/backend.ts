import {
  createPostgresBackend,
  type JobsOptions,
  Queue,
  type QueueOptions,
  Worker,
  type WorkerOptions,
  withBackend,
} from 'bullmq';
import { AT_ONCE, type QueuePace } from '../../config/pace.ts';
import { DEFAULT_PREFIX, FORMER_QUEUES, queueKeys } from '../../config/redis-keys.ts';
import type { JobKind } from '../../src/delivery/jobs.ts';
import type { Log } from '../../src/log.ts';
import { ConnectionPool } from '../db/pool.ts';
import { serversOf } from '../db/servers.ts';
import type { RedisAddress, RedisClient } from '../redis-connections.ts';
import { askingClient, hasFormerQueue, workingClient } from './redis-clients.ts';

export interface QueueSettings {
  /** Redis when there is one; otherwise the queue lives in PostgreSQL. */
  readonly redis?: RedisAddress | undefined;
  readonly database: string;
  /** PGlite behind the database address. */
  readonly singleSession: boolean;
  readonly log: Log;
  readonly pace: QueuePace;
}

/** What is used of BullMQ's classes, whichever the backend. */
export interface BullQueue {
  add(name: string, job: object, options: JobsOptions): Promise<unknown>;
  on(event: 'error', listener: (error: Error) => void): unknown;
  waitUntilReady(): Promise<unknown>;
  close(): Promise<void>;
}

export interface BullWorker {
  /** Ends when it is closed. */
  run(): Promise<void>;
  on(event: 'error', listener: (error: Error) => void): unknown;
  waitUntilReady(): Promise<unknown>;
  /** Takes no new job; does not wait for those in hand. */
  pause(doNotWaitActive: true): Promise<void>;
  /** Forced: does not wait for the jobs in hand and acknowledges none of them any more. */
  close(forced?: boolean): Promise<void>;
}

export type Process = (job: {
  readonly data: unknown;
  readonly attemptsMade: number;
  readonly opts: { attempts?: number };
}) => Promise<void>;

/** The pauses of a kind of job are asked of the worker; a worker of the release before, which knows none, takes the job up again by itself. */
export const OWN_PAUSES = 'pauses';
const postgres = withBackend(createPostgresBackend);

/** BullMQ leaves open what it was given: it was opened for this one, and ends with it. */
function endingToo<One extends { close(...how: never[]): Promise<void> }>(one: One, end: () => unknown): One {
  const close = one.close.bind(one) as (...how: unknown[]) => Promise<void>;
  return Object.assign(one, { close: (...how: unknown[]) => close(...how).finally(end) });
}

const closingToo = <One extends { close(...how: never[]): Promise<void> }>(one: One, client: RedisClient) =>
  endingToo(one, () => client.disconnect());

/** Its four connections, and the one that listens. */
function openPool(
  { database, singleSession }: Pick<QueueSettings, 'database' | 'singleSession'>,
  name: string,
  connectWithin: number,
  answerWithin: number,
): ConnectionPool & Record<string, unknown> {
  const pool = new ConnectionPool({
    servers: serversOf(database),
    singleSession,
    application_name: name,
    max: singleSession ? 2 : 5,
    connectionTimeoutMillis: connectWithin,
    statement_timeout: answerWithin,
    query_timeout: answerWithin + 500,
    // The statements of BullMQ name no schema.
    options: '-c search_path=bullmq',
  });
  // BullMQ's type wants a record; it takes any pool of the driver.
  return pool as ConnectionPool & Record<string, unknown>;
}

/** Where the jobs of a Redis stand. */
const placeOf = ({ prefix = DEFAULT_PREFIX }: RedisAddress) => queueKeys(prefix);

/** Whether jobs of the release before may still come there, whose web processes go on until the last is replaced. */
export const formerPlace = async (
  { redis, pace }: QueueSettings,
  name: string,
  closing: AbortSignal,
): Promise<string | undefined> =>
  redis && placeOf(redis) === queueKeys(DEFAULT_PREFIX) && (await hasFormerQueue(redis, pace, name, closing))
    ? FORMER_QUEUES
    : undefined;

export function openQueue({ redis, database, singleSession, pace }: QueueSettings, name: string): BullQueue {
  const within = pace.enqueueWithin;
  const options = {
    // BullMQ's own events, which nobody here reads, are kept short.
    streams: { events: { maxLen: 1000 } },
  } satisfies Partial<QueueOptions>;
  if (redis) {
    const connection = askingClient(redis, pace);
    return closingToo(new Queue<object, void>(name, { ...options, prefix: placeOf(redis), connection }), connection);
  }
  const pool = openPool({ database, singleSession }, 'mire-queue', within, within);
  return endingToo(new postgres.Queue<object, void>(name, { ...options, connection: pool }), () => pool.end());
}

/** @param place where its jobs stand in Redis, unless it is where they are put today */
export function openWorker(
  { redis, database, singleSession, pace }: QueueSettings,
  { name, pauses }: Pick<JobKind<object>, 'name' | 'pauses'>,
  process: Process,
  place?: string,
): BullWorker {
  const options = {
    autorun: false,
    concurrency: singleSession ? 2 : AT_ONCE,
    settings: { backoffStrategy: (tries) => (pauses[tries - 1] ?? 0) * pace.second },
    lockDuration: pace.lock,
    stalledInterval: pace.stalled,
    // A job taken from a dead worker is never given up for that: what it is about has an end of its own.
    maxStalledCount: 1000,
    runRetryDelay: pace.restartAfter,
    // In seconds. PGlite's one session hands NOTIFY to whichever connection speaks next, so its worker polls.
    drainDelay: singleSession ? 0.5 : 5,
  } satisfies Partial<WorkerOptions>;
  if (redis) {
    const connection = workingClient(redis, pace);
    const prefix = place ?? placeOf(redis);
    return closingToo(
      new Worker<object, void>(name, process, { ...options, drainDelay: pace.wait / 1000, prefix, connection }),
      connection,
    );
  }
  const pool = openPool({ database, singleSession }, 'mire-worker', 5000, 10_000);
  return endingToo(new postgres.Worker<object, void>(name, process, { ...options, connection: pool }), () =>
    pool.end(),
  );
}
