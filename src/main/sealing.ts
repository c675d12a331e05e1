import { createAuditLines } from '../../adapters/db/audit-lines.ts';
import { createSealedAudit } from '../../adapters/db/audit-seals.ts';
import { openDatabase } from '../../adapters/db/database.ts';
import { createCheckpointKey } from '../audit/checkpoint-key.ts';
import { createAuditMetrics } from '../audit/metrics.ts';
import { retireMonths, sealLines } from '../audit/sealing.ts';
import type { Parts } from './parts.ts';
import { HUNG, startRounds } from './rounds.ts';

/** Rounds between two looks at months to make and to drop, and between two measures of what waits. */
const HOUR = 3600;
const MEASURE = 10;

type SealingParts = Pick<
  Parts,
  'settings' | 'databaseUrl' | 'singleSession' | 'clock' | 'pace' | 'log' | 'registry' | 'vault' | 'rounds'
>;

/**
 * Seals the audit, on a connection of its own. Every worker tries; one at a time succeeds. A round that hangs loses its
 * connection, and the place of the one that seals with it.
 * @returns how to stop, once the round in hand has ended.
 */
export function startSealing(parts: SealingParts): () => Promise<void> {
  const { settings, databaseUrl, singleSession, clock, log, registry, vault, rounds, pace } = parts;
  const metrics = createAuditMetrics(registry);
  const key = createCheckpointKey(vault);
  const seal = sealLines(key);
  const open = () => {
    const database = openDatabase({ url: databaseUrl, pool: 1, singleSession, work: 'round', log });
    return { database, audit: createSealedAudit(database) };
  };
  let own = open();
  let count = 0;

  async function sealAll({ database, audit }: ReturnType<typeof open>, signal: AbortSignal): Promise<void> {
    let sealed: number | undefined;
    do {
      sealed = await audit.round(seal);
      metrics.sealed(sealed ?? 0);
    } while (sealed && sealed >= 5000 && !signal.aborted);
    if (count % MEASURE === 0) metrics.waiting(await audit.oldestUnsealed());
    if (count % HOUR === 0 && sealed !== undefined) {
      await audit.makeMonths();
      const dropped = await retireMonths(audit, key, clock(), settings.AUDIT_RETENTION_DAYS);
      metrics.dropped(dropped);
      // Logs are kept elsewhere: `mire audit verify --head` compares.
      const head = await createAuditLines(database).end();
      if (head) log.info({ head: `${head.position}:${head.hash.toString('hex')}` }, 'the audit is sealed up to here');
      if (dropped > 0) log.info({ dropped }, 'months of the audit were dropped at the end of retention');
    }
    count += 1;
  }

  const sealing = {
    log,
    rounds,
    round: 'audit-sealing',
    every: pace.sealing,
    failed: 'the audit could not be sealed',
  } as const;
  const stop = startRounds(sealing, async (signal) => {
    const mine = own;
    const giveUp = () => {
      if (signal.reason !== HUNG) return;
      own = open();
      // It ends with whatever hangs on it.
      mine.database.destroy().catch((err: unknown) => log.warn({ err }, 'a connection that hung ended badly'));
    };
    signal.addEventListener('abort', giveUp);
    try {
      await sealAll(mine, signal);
    } catch (error) {
      metrics.failed();
      throw error;
    } finally {
      signal.removeEventListener('abort', giveUp);
    }
  });
  return async () => {
    await stop();
    await own.database.destroy();
  };
}
