import { createAuditLines } from '../../adapters/db/audit-lines.ts';
import { createSealedAudit } from '../../adapters/db/audit-seals.ts';
import { openDatabase } from '../../adapters/db/database.ts';
import { createCheckpointKey } from '../audit/checkpoint-key.ts';
import { createAuditMetrics } from '../audit/metrics.ts';
import { retireMonths, type SealedAudit, sealLines } from '../audit/sealing.ts';
import type { Parts } from './parts.ts';

/** Rounds between two looks at months to make and to drop, and between two measures of what waits. */
const HOUR = 3600;
const MEASURE = 10;

type SealingParts = Pick<
  Parts,
  'settings' | 'databaseUrl' | 'singleSession' | 'clock' | 'pace' | 'log' | 'registry' | 'vault'
>;

/**
 * Seals the audit, on a connection of its own. Every worker tries; one at a time succeeds.
 * @returns how to stop, once the round in hand has ended.
 */
export function startSealing(parts: SealingParts): () => Promise<void> {
  const { settings, databaseUrl, singleSession, clock, log, registry, vault } = parts;
  const database = openDatabase({ url: databaseUrl, pool: 1, singleSession, work: 'round', log });
  const metrics = createAuditMetrics(registry);
  const key = createCheckpointKey(vault);
  const seal = sealLines(key);
  const audit: SealedAudit = createSealedAudit(database);
  let stopping = false;
  let count = 0;
  let wake: () => void = () => undefined;

  async function round(): Promise<void> {
    let sealed: number | undefined;
    do {
      sealed = await audit.round(seal);
      metrics.sealed(sealed ?? 0);
    } while (sealed && sealed >= 5000 && !stopping);
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
  }

  async function run(): Promise<void> {
    for (; !stopping; count += 1) {
      try {
        await round();
      } catch (err) {
        metrics.failed();
        log.warn({ err }, 'the audit could not be sealed; it is tried again');
      }
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, parts.pace.sealing);
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
        if (stopping) wake();
      });
    }
  }

  const running = run();
  return async () => {
    stopping = true;
    wake();
    await running;
    await database.destroy();
  };
}
