import type { Log } from '../log.ts';
import type { NoticeQueue } from './jobs.ts';
import type { DeliveryMetrics } from './metrics.ts';
import type { Notices } from './notice.ts';

/** Hands notices to the queue, after the transaction that wrote them. */
export interface Notifier {
  /** Never fails: what happened has happened, and the sweep of the worker finds what the queue could not take. */
  announce(ids: readonly string[]): Promise<void>;
  /** The same of those that were announced before, or should have been: they are not counted as asked for again. */
  announceAgain(ids: readonly string[]): Promise<void>;
}

export interface NotifierParts {
  readonly queue: NoticeQueue;
  readonly log: Log;
  readonly notices: Pick<Notices, 'templatesOf'>;
  readonly metrics: Pick<DeliveryMetrics, 'noticeAsked'>;
}

export function createNotifier({ queue, log, notices, metrics }: NotifierParts): Notifier {
  async function count(ids: readonly string[]): Promise<void> {
    if (ids.length === 0) return;
    try {
      for (const template of await notices.templatesOf(ids)) metrics.noticeAsked(template);
    } catch (err) {
      log.warn({ err }, 'notices were not counted');
    }
  }
  const notifier: Notifier = {
    async announce(ids) {
      await notifier.announceAgain(ids);
      await count(ids);
    },
    async announceAgain(ids) {
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
  return notifier;
}
