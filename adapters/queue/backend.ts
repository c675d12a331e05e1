import {
  createPostgresBackend,
  type JobsOptions,
  Queue,
  type QueueOptions,
  Worker,
  type WorkerOptions,
  withBackend,
} from 'bullmq';
import type { Log } from '../../src/log.ts';

export interface QueueSettings {
  /** Redis when there is one; otherwise the queue lives in PostgreSQL. */
  readonly redis?: string | undefined;
  readonly database: string;
  /** PGlite behind the database address. */
  readonly singleSession: boolean;
  readonly log: Log;
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

const REDIS_PREFIX = 'mire';
const postgres = withBackend(createPostgresBackend);

/** In milliseconds: how long a page waits for the queue before it says so. */
export const ENQUEUE_WITHIN = 2000;

const reconnect = (times: number) => Math.min(times * 100, 1000);

export function openQueue({ redis, database, singleSession }: QueueSettings, name: string): BullQueue {
  const options = {
    // BullMQ's own events, which nobody here reads, are kept short.
    streams: { events: { maxLen: 1000 } },
  } satisfies Partial<QueueOptions>;
  if (redis) {
    return new Queue<object, void>(name, {
      ...options,
      prefix: REDIS_PREFIX,
      connection: {
        url: redis,
        // A command that cannot be sent now fails now; it must not be sent once the page has said no.
        enableOfflineQueue: false,
        maxRetriesPerRequest: 1,
        connectTimeout: ENQUEUE_WITHIN,
        commandTimeout: ENQUEUE_WITHIN,
        retryStrategy: reconnect,
      },
    });
  }
  return new postgres.Queue<object, void>(name, {
    ...options,
    connection: {
      connectionString: database,
      application_name: 'mire-queue',
      max: singleSession ? 1 : 4,
      connectionTimeoutMillis: ENQUEUE_WITHIN,
      query_timeout: ENQUEUE_WITHIN,
      keepAlive: true,
    },
  });
}

export function openWorker(
  { redis, database, singleSession }: QueueSettings,
  name: string,
  process: Process,
): BullWorker {
  const options = {
    autorun: false,
    concurrency: singleSession ? 2 : 10,
    // In milliseconds: a killed worker's job is found within about lockDuration + stalledInterval.
    lockDuration: 6000,
    stalledInterval: 4000,
    // A job taken from a dead worker is never given up for that: what it is about has an end of its own.
    maxStalledCount: 1000,
    runRetryDelay: 1000,
    // In seconds. PGlite's one session hands NOTIFY to whichever connection speaks next, so its worker polls.
    drainDelay: singleSession ? 0.5 : 5,
  } satisfies Partial<WorkerOptions>;
  if (redis) {
    return new Worker<object, void>(name, process, {
      ...options,
      prefix: REDIS_PREFIX,
      connection: { url: redis, maxRetriesPerRequest: null, retryStrategy: reconnect },
    });
  }
  return new postgres.Worker<object, void>(name, process, {
    ...options,
    connection: {
      connectionString: database,
      application_name: 'mire-worker',
      max: singleSession ? 1 : 4,
      connectionTimeoutMillis: 5000,
      query_timeout: 10_000,
      keepAlive: true,
    },
  });
}
