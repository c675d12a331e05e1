import { purge } from '../../adapters/db/purge.ts';
import type { Parts } from './parts.ts';

const EVERY = 10 * 60 * 1000;

/**
 * Deletes what has expired, in batches, now and then. Several workers may do it at once: each deletes what it finds.
 * @returns how to stop, once the round in hand has ended.
 */
export function startPurge({ database, clock, log }: Pick<Parts, 'database' | 'clock' | 'log'>): () => Promise<void> {
  let round: Promise<void> = Promise.resolve();
  const run = async () => {
    try {
      const deleted = await purge(database, clock());
      if (Object.values(deleted).some((count) => count > 0)) log.info({ deleted }, 'purged');
    } catch (err) {
      log.warn({ err }, 'the purge failed; it is tried again later');
    }
  };
  const timer = setInterval(() => {
    round = run();
  }, EVERY);
  round = run();
  return async () => {
    clearInterval(timer);
    await round;
  };
}
