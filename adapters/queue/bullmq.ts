import { setTimeout as delay } from 'node:timers/promises';
import { UnrecoverableError } from 'bullmq';
import { type JobKind, type JobQueue, triesOf } from '../../src/delivery/jobs.ts';
import { HandOverFailed } from '../../src/delivery/ports.ts';
import { UpstreamError } from '../../src/http/errors.ts';
import type { Log } from '../../src/log.ts';
import {
  type BullQueue,
  type BullWorker,
  formerPlace,
  OWN_PAUSES,
  openQueue,
  openWorker,
  type Process,
  type QueueSettings,
} from './backend.ts';

export type { QueueSettings } from './backend.ts';

/** An outage is one line every so often, not one for each attempt to reconnect. */
const LOG_EVERY = 10_000;

/** The producer's side. It opens at once, and opens again by itself after an outage. */
export function createQueue<Job extends object>(
  settings: QueueSettings,
  kind: JobKind<Job>,
): JobQueue<Job> & { close(): Promise<void> } {
  const { pace } = settings;
  const onError = sparingly(settings.log, `the queue of ${kind.name} does not answer`);
  let opened: { queue: BullQueue; ready: Promise<unknown> } | undefined;
  const open = () => {
    const queue = openQueue(settings, kind.name);
    queue.on('error', onError);
    const mine = { queue, ready: queue.waitUntilReady() };
    // BullMQ remembers a first connection that failed and never tries it again.
    mine.ready.catch((error: Error) => {
      onError(error);
      if (opened === mine) opened = undefined;
      queue.close().catch(onError);
    });
    return mine;
  };
  opened = open();

  const add = async (job: Job, end: number) => {
    opened ??= open();
    const { queue, ready } = opened;
    await until(end, ready);
    const added = queue.add(kind.name, job, {
      jobId: kind.id(job),
      attempts: triesOf(kind),
      backoff: { type: OWN_PAUSES },
      removeOnComplete: true,
      removeOnFail: true,
      stackTraceLimit: 0,
    });
    await until(end, added);
  };

  return {
    async send(job) {
      const end = Date.now() + pace.enqueueWithin;
      for (;;) {
        try {
          return await add(kind.schema.parse(job), end);
        } catch (error) {
          if (Date.now() + pace.retryEvery >= end) throw new UpstreamError('delivery-unavailable', {}, error);
        }
        await delay(pace.retryEvery);
      }
    },
    async close() {
      await opened?.queue.close();
    },
  };
}

/** Waits for a promise until then. What it does later is nobody's concern any more. */
async function until<T>(end: number, promise: Promise<T>): Promise<T> {
  const timer = new AbortController();
  const late = delay(Math.max(0, end - Date.now()), undefined, { signal: timer.signal }).then(() => {
    throw new Error('the queue did not answer in time');
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    timer.abort();
    late.catch(() => undefined);
  }
}

/**
 * Hands each job to the handler until closed, whatever happens to Redis or PostgreSQL meanwhile. A handler that throws is
 * asked again later, unless it throws a permanent refusal.
 */
export function createWorker<Job extends object>(
  settings: QueueSettings,
  kind: JobKind<Job>,
  handler: (job: Job, attempt: number) => Promise<unknown>,
): { close(graceMs: number): Promise<void> } {
  const onError = sparingly(settings.log, `the worker of ${kind.name} cannot reach its queue`);
  const process = processWith(kind, handler, settings.log);
  const closing = new AbortController();
  const supervised = { settings, kind, process, onError, closing: closing.signal };
  const workers = [supervise(supervised)];
  formerPlace(settings, kind.name, closing.signal).then(
    (place) => {
      if (place !== undefined && !closing.signal.aborted) workers.push(supervise(supervised, place));
    },
    (error: Error) => {
      if (!closing.signal.aborted) onError(error);
    },
  );
  return {
    /** Takes no more jobs and ends those in hand, at most so long; what is left then goes to another worker. */
    async close(graceMs) {
      closing.abort();
      await Promise.all(workers.map((worker) => worker.close(graceMs)));
    },
  };
}

interface Supervised<Job extends object> {
  readonly settings: QueueSettings;
  readonly kind: JobKind<Job>;
  readonly process: Process;
  readonly onError: (error: Error) => void;
  readonly closing: AbortSignal;
}

/** One worker after the other, at one place, until closed. */
function supervise<Job extends object>(
  { settings, kind, process, onError, closing }: Supervised<Job>,
  place?: string,
): { close(graceMs: number): Promise<void> } {
  const inHand = new Set<Promise<void>>();
  const track: Process = (job) => {
    const work = process(job).finally(() => inHand.delete(work));
    inHand.add(work);
    return work;
  };
  let worker: BullWorker | undefined;
  const live = async () => {
    while (!closing.aborted) {
      worker = openWorker(settings, kind, track, place);
      worker.on('error', onError);
      try {
        await worker.waitUntilReady();
        await worker.run();
      } catch (error) {
        onError(error as Error);
      }
      if (closing.aborted) return;
      await worker.close().catch(onError);
      await delay(settings.pace.restartAfter, undefined, { signal: closing }).catch(() => undefined);
    }
  };
  void live();

  return {
    async close(graceMs) {
      if (!worker) return;
      await worker.pause(true);
      const timer = new AbortController();
      const late = delay(graceMs, 'late', { signal: timer.signal }).catch(() => 'late');
      const work = Promise.allSettled(inHand).then(() => 'done');
      // BullMQ decides only once whether to wait, and waiting has no end there.
      const forced = (await Promise.race([work, late])) === 'late';
      if (forced) settings.log.warn({ jobs: inHand.size }, 'jobs in hand were left to another worker');
      await Promise.race([worker.close(forced), late]);
      timer.abort();
    },
  };
}

/** What a job keeps of a failure is a code or a class name: messages may quote addresses. */
function processWith<Job extends object>(
  kind: JobKind<Job>,
  handler: (job: Job, attempt: number) => Promise<unknown>,
  log: Log,
): Process {
  return async ({ data, attemptsMade, opts }) => {
    const job = kind.schema.safeParse(data);
    if (!job.success) throw new UnrecoverableError(`not a job of ${kind.name}`);
    const attempt = attemptsMade + 1;
    try {
      await handler(job.data, attempt);
    } catch (error) {
      const refused = error instanceof HandOverFailed;
      const permanent = refused && error.permanent;
      const last = permanent || attempt >= (opts.attempts ?? triesOf(kind));
      const reason = refused ? { reason: error.message } : { err: error };
      log[last ? 'error' : 'warn'](
        { queue: kind.name, ...kind.logged(job.data), attempt, ...reason },
        last ? 'job given up' : 'job not done yet',
      );
      const kept = refused ? error.message : error instanceof Error ? error.name : 'failure';
      throw permanent ? new UnrecoverableError(kept) : new Error(kept);
    }
  };
}

function sparingly(log: Log, message: string): (error: Error) => void {
  let next = 0;
  let alike = 0;
  return (err) => {
    alike += 1;
    if (Date.now() < next) return;
    log.warn({ err, alike }, message);
    next = Date.now() + LOG_EVERY;
    alike = 0;
  };
}
