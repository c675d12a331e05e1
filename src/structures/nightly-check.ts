import { z } from 'zod';
import type { Clock } from '../clock.ts';
import { doubling, type JobKind, type JobQueue } from '../delivery/jobs.ts';
import type { Log } from '../log.ts';
import type { Storage } from '../storage.ts';
import { DirectoryDown } from './directory.ts';
import type { Checked, Leavers } from './leavers.ts';
import { isLdap, type LdapStructure } from './structure.ts';

const job = z.object({ structureId: z.string().min(1) });
export type StructureCheckJob = z.infer<typeof job>;

/** Which structure is to be asked for its leavers. Who they are never stands in the queue. */
export const STRUCTURE_CHECKS: JobKind<StructureCheckJob> = {
  name: 'structure-checks',
  schema: job,
  id: ({ structureId }) => structureId,
  // About four minutes: a directory that is away for longer is asked again within the hour.
  pauses: doubling(7),
  logged: ({ structureId }) => ({ structureId }),
};

const HOUR = 60 * 60 * 1000;
/** Directories are quiet then. */
const NIGHT = { from: 1, to: 5 };
/** What a night that was missed may cost. */
const AT_MOST = 30 * HOUR;
/** One that failed is begun again after so long: within the hour, whatever the rounds of the workers. */
const AGAIN = 0.5 * HOUR;
/** People who left stay in for that long: somebody must look at it. */
const TOO_LONG = 24 * HOUR;

const hourInParis = (now: Date): number =>
  Number(
    new Intl.DateTimeFormat('fr', { hour: 'numeric', hourCycle: 'h23', timeZone: 'Europe/Paris' })
      .format(now)
      .replace(/\D/g, ''),
  );

/** Checks that worked after this moment are recent enough. */
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
    const due = { begunBefore: new Date(now.getTime() - AGAIN), workedBefore: dueBefore(now) };
    if (await storage.structures.claimCheck(structure.id, now, due)) await queue.send({ structureId: structure.id });
  }
}

export interface CheckParts {
  readonly storage: Storage;
  readonly leavers: Leavers;
  readonly clock: Clock;
  readonly log: Log;
}

/** Looks for the leavers of one structure, and keeps how that went. @throws {DirectoryDown} */
export async function checkNow(
  { storage, leavers, clock, log }: CheckParts,
  structure: LdapStructure,
): Promise<Checked> {
  const failed = async (said: string) => {
    const now = clock();
    const since = await storage.structures.checkFailed(structure.id, now, said);
    const line = { structure: structure.id, since, said };
    if (now.getTime() - since.getTime() >= TOO_LONG)
      log.error(line, 'the people of a structure have not been looked for in a day: whoever left it stays in');
    else log.warn(line, 'the people of a structure could not be looked for');
  };
  try {
    const result = await leavers.check(structure);
    log.info({ structure: structure.id, ...result }, 'the people of a structure were looked for');
    if (result.doubtful)
      await failed('it knows too few of its people, or gives too few of their roles, to be believed');
    else await storage.structures.checkWorked(structure.id, clock());
    return result;
  } catch (error) {
    await failed(error instanceof DirectoryDown ? error.message : 'an error of our own');
    throw error;
  }
}

/** @throws {DirectoryDown} to be asked again later */
export async function checkStructure(parts: CheckParts, { structureId }: StructureCheckJob): Promise<void> {
  const structure = await parts.storage.structures.byId(structureId);
  if (structure?.enabled && isLdap(structure)) await checkNow(parts, structure);
}
