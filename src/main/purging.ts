import { purge } from '../../adapters/db/purge.ts';
import type { Parts } from './parts.ts';
import { startRounds } from './rounds.ts';

const EVERY = 10 * 60 * 1000;

/**
 * Deletes what has expired, in batches, now and then. Several workers may do it at once: each deletes what it finds.
 * @returns how to stop, once the round in hand has ended.
 */
export function startPurge({ database, clock, log }: Pick<Parts, 'database' | 'clock' | 'log'>): () => Promise<void> {
  return startRounds({ log, every: EVERY, failed: 'the purge failed' }, async () => {
    const deleted = await purge(database, clock());
    if (Object.values(deleted).some((count) => count > 0)) log.info({ deleted }, 'purged');
  });
}
