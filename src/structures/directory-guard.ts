import type { Clock } from '../clock.ts';
import { UserError } from '../http/errors.ts';
import type { Storage } from '../storage.ts';
import { type Deadline, type Directory, DirectoryDown, type Found } from './directory.ts';
import { type Answer, type Reading, readingOf } from './reading.ts';
import type { LdapStructure } from './structure.ts';

/**
 * Two tries are left to their owner when we stop: the directory locks nobody because of us. One of the two may be made in
 * a browser that is known, where strangers have used up ours.
 */
const LEFT_ALONE = { strangers: 2, known: 1 } as const;

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/**
 * By whom a try is counted: by the entry where there is one, since a person has several spellings of a login. An id that is
 * unique everywhere is the same for every structure on that directory, which locks the account once for all of them.
 */
function keyOf({ id }: LdapStructure, found: Found | undefined, login: string): string {
  const entryId = found?.entry?.entryId;
  if (entryId !== undefined && UUID.test(entryId)) return `entry:${entryId.toLowerCase()}`;
  return `${id}:${entryId ? `entry:${entryId}` : found ? `dn:${found.dn.toLowerCase()}` : `login:${login}`}`;
}

export interface PasswordTry {
  readonly structure: LdapStructure;
  readonly directory: Directory;
  readonly found: Found | undefined;
  /** In its normal form. */
  readonly login: string;
  readonly password: string;
  readonly by: Deadline;
  /** The browser is one in which two factors were proved. */
  readonly known: boolean;
}

const most = ({ structure, known }: Pick<PasswordTry, 'structure' | 'known'>) => {
  const { attempts, minutes } = structure.connector.lockout;
  return { attempts: attempts - LEFT_ALONE[known ? 'known' : 'strangers'], minutes };
};

/** Asks a directory about a password, and counts as the directory does: what it did not judge is no try. */
export function createDirectoryGuard({ storage, clock }: { storage: Pick<Storage, 'directoryTries'>; clock: Clock }) {
  const tries = storage.directoryTries;

  /** @throws {UserError} when the directory might lock the account at the next wrong password. */
  async function take(attempt: PasswordTry, key: string): Promise<void> {
    const now = clock();
    const next = await tries.take(key, now, most(attempt));
    if (!next) return;
    const retryAfter = Math.max(1, (next.getTime() - now.getTime()) / 1000);
    throw new UserError('too-many-tries', { limit: 'structure', retryAfter });
  }

  /** What the directory itself holds against the entry; where it does not say, what we have counted stands. */
  async function settle(attempt: PasswordTry, key: string, answer: Answer): Promise<void> {
    const { directory, found, by } = attempt;
    if (answer.password === 'right' && !answer.refusal) return tries.forget(key);
    if (answer.password !== 'wrong') return tries.giveBack(key);
    try {
      const counted = await directory.counted(found, by);
      if (found && counted !== undefined) return await tries.set(key, counted, clock());
    } catch (error) {
      if (!(error instanceof DirectoryDown)) throw error;
    }
    // Sent to another server too, where one broke off: the directory may have counted each.
    for (let more = 1; more < answer.sent; more += 1) await tries.take(key, clock(), most(attempt));
  }

  /** @throws {DirectoryDown} @throws {UserError} `too-many-tries` */
  return async (attempt: PasswordTry): Promise<Reading> => {
    const { structure, directory, found, login, password, by } = attempt;
    const key = keyOf(structure, found, login);
    await take(attempt, key);
    let answer: Answer;
    try {
      answer = await directory.check(found, password, by);
    } catch (error) {
      await tries.giveBack(key);
      throw error;
    }
    await settle(attempt, key, answer);
    return found ? readingOf(found.standing, answer, found.entry) : { password: answer.password, refusal: 'wrong' };
  };
}
