import { NOTICE_LIFE } from '../delivery/deliver-notice.ts';
import type { Notifier } from '../delivery/notifier.ts';
import type { Parts } from './parts.ts';
import { startRounds } from './rounds.ts';

/** Younger ones are on their way. */
const AFTER = 2 * 60 * 1000;
const BATCH = 500;

/** Gives the queue the notices that it never got, or gave up: their writer died between the commit and the queue. */
export async function sweepNotices(
  { storage, clock }: Pick<Parts, 'storage' | 'clock'>,
  notifier: Pick<Notifier, 'announceAgain'>,
): Promise<number> {
  const now = clock().getTime();
  const ids = await storage.notices.unsent({ from: new Date(now - NOTICE_LIFE), to: new Date(now - AFTER) }, BATCH);
  await notifier.announceAgain(ids);
  return ids.length;
}

/** @returns how to stop, once the round in hand has ended. */
export const startNoticeSweep = (
  parts: Pick<Parts, 'storage' | 'clock' | 'log' | 'rounds'>,
  notifier: Notifier,
): (() => Promise<void>) =>
  startRounds({ ...parts, round: 'notice-sweep', failed: 'the sweep of notices failed' }, () =>
    sweepNotices(parts, notifier),
  );
