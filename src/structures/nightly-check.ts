import { z } from 'zod';
import type { Clock } from '../clock.ts';
import type { JobKind, JobQueue } from '../delivery/jobs.ts';
import type { Log } from '../log.ts';
import type { Storage } from '../storage.ts';
import { DirectoryDown } from './directory.ts';
import type { Leavers } from './leavers.ts';
import { isLdap } from './structure.ts';

const job = z.object({ structureId: z.string().min(1) });
export type StructureCheckJob = z.infer<typeof job>;

/** Which structure is to be asked for its leavers. Who they are never stands in the queue. */
export const STRUCTURE_CHECKS: JobKind<StructureCheckJob> = {
  name: 'structure-checks',
  schema: job,
  id: ({ structureId }) => structureId,
  // About four minutes: a directory that is away for longer is asked again the next hour.
  attempts: 8,
  logged: ({ structureId }) => ({ structureId }),
};

const HOUR = 60 * 60 * 1000;
/** Directories are quiet then. */
const NIGHT = { from: 1, to: 5 };
/** What a night that was missed may cost. */
const AT_MOST = 30 * HOUR;

const hourInParis = (now: Date): number =>
  Number(
    new Intl.DateTimeFormat('fr', { hour: 'numeric', hourCycle: 'h23', timeZone: 'Europe/Paris' })
      .format(now)
      .replace(/\D/g, ''),
  );

/** Checks that were made after this moment are recent enough. */
export function dueBefore(now: Date): Date {
  const hour = hourInParis(now);
  const atNight = hour >= NIGHT.from && hour < NIGHT.to;
  return new Date(now.getTime() - (atNight ? (NIGHT.to - NIGHT.from) * HOUR : AT_MOST));
}

/** Asks for the check of every structure that is due; of several workers, one asks. */
export async function askForChecks(
  { storage, clock }: { storage: Storage; clock: Clock },
  queue: JobQueue<StructureCheckJob>,
): Promise<void> {
  const now = clock();
  for (const structure of await storage.structures.list()) {
    if (!structure.enabled || !isLdap(structure)) continue;
    if (await storage.structures.claimCheck(structure.id, now, dueBefore(now)))
      await queue.send({ structureId: structure.id });
  }
}

/** @throws {DirectoryDown} to be asked again later */
export async function checkStructure(
  { storage, leavers, log }: { storage: Storage; leavers: Leavers; log: Log },
  { structureId }: StructureCheckJob,
): Promise<void> {
  const structure = await storage.structures.byId(structureId);
  if (!structure?.enabled || !isLdap(structure)) return;
  try {
    const result = await leavers.check(structure);
    log.info({ structure: structureId, ...result }, 'the people of a structure were looked for');
  } catch (error) {
    if (error instanceof DirectoryDown)
      log.warn({ structure: structureId, reason: error.reason, said: error.message }, 'a structure does not answer');
    throw error;
  }
}
