import { createQueue, createWorker } from '../../adapters/queue/bullmq.ts';
import type { Logout } from '../provider/logout.ts';
import { createLeavers } from '../structures/leavers.ts';
import { askForChecks, checkStructure, STRUCTURE_CHECKS } from '../structures/nightly-check.ts';
import { queueSettings } from './delivery.ts';
import type { Parts } from './parts.ts';
import { startRounds } from './rounds.ts';
import { openDirectories } from './structures.ts';

/** Often enough for a check that failed to be begun again within the hour. */
const EVERY = 10 * 60 * 1000;

/** People who left their structure are looked for every night. */
export function startStructureChecks(parts: Parts, logout: Logout): { close(graceMs: number): Promise<void> } {
  const { storage, clock, log } = parts;
  const directories = openDirectories(parts);
  const leavers = createLeavers({ ...parts, directories, logout });
  const queue = createQueue(queueSettings(parts), STRUCTURE_CHECKS);
  const worker = createWorker(queueSettings(parts), STRUCTURE_CHECKS, (job) =>
    checkStructure({ storage, leavers, clock, log }, job),
  );
  const stop = startRounds({ log, every: EVERY, failed: 'the structures could not be asked for' }, () =>
    askForChecks(parts, queue),
  );
  return {
    async close(graceMs) {
      await stop();
      await worker.close(graceMs);
      await queue.close();
      await directories.close();
    },
  };
}
