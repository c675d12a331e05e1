import type { Log } from '../log.ts';
import type { NoticeQueue } from './jobs.ts';

/** Hands notices to the queue, after the transaction that wrote them. */
export interface Notifier {
  /** Never fails: what happened has happened, and the sweep of the worker finds what the queue could not take. */
  announce(ids: readonly string[]): Promise<void>;
}

export function createNotifier({ queue, log }: { queue: NoticeQueue; log: Log }): Notifier {
  return {
    async announce(ids) {
      for (const noticeId of ids) {
        try {
          await queue.send({ noticeId });
        } catch (err) {
          log.warn({ err, noticeId }, 'a notice waits for the sweep');
          return;
        }
      }
    },
  };
}
