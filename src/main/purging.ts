import { purge } from '../../adapters/db/purge.ts';
import type { Parts } from './parts.ts';
import { startRounds } from './rounds.ts';

/**
 * Deletes what has expired, in batches, now and then. Several workers may do it at once: each deletes what it finds.
 * @returns how to stop, once the round in hand has ended.
 */
export function startPurge({
  database,
  clock,
  log,
  rounds,
}: Pick<Parts, 'database' | 'clock' | 'log' | 'rounds'>): () => Promise<void> {
  return startRounds({ log, rounds, round: 'purge', failed: 'the purge failed' }, async (signal) => {
    const deleted = await purge(database, clock(), { signal });
    if (Object.values(deleted).some((count) => count > 0)) log.info({ deleted }, 'purged');
  });
}
