import { createQueue, createWorker } from '../../adapters/queue/bullmq.ts';
import { advance, sweepLifecycles } from '../accounts/lifecycle.ts';
import { LIFECYCLES } from '../delivery/jobs.ts';
import { type Delivery, queueSettings } from './delivery.ts';
import type { Parts } from './parts.ts';
import { startRounds } from './rounds.ts';

/** Looks after accounts a few times a day, through a queue: several workers share it, and none does a step twice. */
export function startLifecycles(
  parts: Parts,
  { logout, notifier }: Pick<Delivery, 'logout' | 'notifier'>,
): { close(graceMs: number): Promise<void> } {
  const queue = createQueue(queueSettings(parts), LIFECYCLES);
  const worker = createWorker(queueSettings(parts), LIFECYCLES, (job) => advance({ ...parts, logout, notifier }, job));
  const sweeps = { ...parts, round: 'lifecycles', failed: 'accounts could not be looked after' } as const;
  const stop = startRounds(sweeps, () => sweepLifecycles(parts, queue));
  return {
    async close(graceMs) {
      await stop();
      await worker.close(graceMs);
      await queue.close();
    },
  };
}
