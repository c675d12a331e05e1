import { createQueue, createWorker } from '../../adapters/queue/bullmq.ts';
import { advance, sweepLifecycles } from '../accounts/lifecycle.ts';
import { LIFECYCLES } from '../delivery/jobs.ts';
import { type Delivery, queueSettings } from './delivery.ts';
import type { Parts } from './parts.ts';

const EVERY = 6 * 60 * 60 * 1000;

/** Looks after accounts a few times a day, through a queue: several workers share it, and none does a step twice. */
export function startLifecycles(
  parts: Parts,
  { logout, notifier }: Pick<Delivery, 'logout' | 'notifier'>,
): { close(graceMs: number): Promise<void> } {
  const queue = createQueue(queueSettings(parts), LIFECYCLES);
  const worker = createWorker(queueSettings(parts), LIFECYCLES, (job) => advance({ ...parts, logout, notifier }, job));
  let round: Promise<unknown> = Promise.resolve();
  const sweep = () => {
    round = sweepLifecycles(parts, queue).catch((err: unknown) =>
      parts.log.warn({ err }, 'accounts could not be looked after; it is tried again later'),
    );
  };
  const timer = setInterval(sweep, EVERY);
  sweep();
  return {
    async close(graceMs) {
      clearInterval(timer);
      await round;
      await worker.close(graceMs);
      await queue.close();
    },
  };
}
