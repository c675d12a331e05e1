import { createQueue, createWorker } from '../../adapters/queue/bullmq.ts';
import type { Logout } from '../provider/logout.ts';
import { createLeavers } from '../structures/leavers.ts';
import { createStructureMetrics } from '../structures/metrics.ts';
import { askForChecks, checkStructure, STRUCTURE_CHECKS } from '../structures/nightly-check.ts';
import { isLdap } from '../structures/structure.ts';
import { queueSettings } from './delivery.ts';
import type { Parts } from './parts.ts';
import { startRounds } from './rounds.ts';
import { openDirectories } from './structures.ts';

/** People who left their structure are looked for every night. */
export function startStructureChecks(parts: Parts, logout: Logout): { close(graceMs: number): Promise<void> } {
  const { storage, clock, log, rounds } = parts;
  const directories = openDirectories(parts);
  const leavers = createLeavers({ ...parts, directories, logout });
  const queue = createQueue(queueSettings(parts), STRUCTURE_CHECKS);
  const worker = createWorker(queueSettings(parts), STRUCTURE_CHECKS, (job) =>
    checkStructure({ storage, leavers, clock, log }, job),
  );
  // Often enough for a check that failed to be begun again within the hour.
  const asking = { log, rounds, round: 'structure-checks', failed: 'the structures could not be asked for' } as const;
  const metrics = createStructureMetrics(parts.registry);
  const stop = startRounds(asking, async () => {
    const asked = (await storage.structures.list()).filter((one) => one.enabled && isLdap(one));
    metrics.show(asked, await storage.structures.checks(), clock());
    await askForChecks(parts, queue);
  });
  return {
    async close(graceMs) {
      await stop();
      await worker.close(graceMs);
      await queue.close();
      await directories.close();
      metrics.close();
    },
  };
}
