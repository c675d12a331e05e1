import type { Pace } from '../../config/pace.ts';
import { loginKey } from '../accounts/login-key.ts';
import type { Clock } from '../clock.ts';
import { UserError } from '../http/errors.ts';
import type { RequestInfo } from '../http/request.ts';
import type { Log } from '../log.ts';
import { countedAddress } from '../protection/address.ts';
import type { Limits } from '../protection/limits.ts';
import { refuse } from '../protection/same-time.ts';
import type { Storage } from '../storage.ts';
import type { Breaker } from './breaker.ts';
import { type Directories, DirectoryDown, type DirectoryEntry, type DirectoryRefusal } from './directory.ts';
import type { Leavers } from './leavers.ts';
import { type LdapStructure, sourceOf } from './structure.ts';

export interface StructureAttempt {
  readonly structure: LdapStructure;
  readonly login: string;
  readonly password: string;
  readonly clientId: string;
  readonly request: RequestInfo;
}

/** Two tries are left to their owner when we stop: the directory locks nobody because of us. */
const LEFT_ALONE = 2;

const SAID = {
  wrong: 'credentials-wrong',
  'password-expired': 'structure-password-expired',
  'must-change': 'structure-must-change',
  locked: 'structure-locked',
  disabled: 'structure-disabled',
  'not-now': 'structure-not-now',
} as const satisfies Record<DirectoryRefusal, string>;

export interface PasswordCheckParts {
  readonly storage: Storage;
  readonly directories: Directories;
  readonly breaker: Breaker;
  readonly leavers: Leavers;
  readonly limits: Limits;
  readonly clock: Clock;
  readonly log: Log;
  readonly pace: Pick<Pace, 'refusal'>;
}

export interface PasswordCheck {
  /**
   * Asks the structure's directory about somebody. The password goes there and nowhere else.
   * @throws {UserError} `credentials-wrong` for a wrong password and an unknown login alike; `too-many-tries`;
   *   `structure-…`
   */
  verify(attempt: StructureAttempt): Promise<DirectoryEntry>;
}

export function createPasswordCheck(parts: PasswordCheckParts): PasswordCheck {
  const { storage, directories, breaker, leavers, limits, clock, log, pace } = parts;

  /** @throws {UserError} when the directory might lock the account at the next wrong password. */
  async function count({ id, connector }: LdapStructure, key: string): Promise<void> {
    const { attempts, minutes } = connector.lockout;
    const now = clock();
    const next = await storage.structureTries.take(id, key, now, { attempts: attempts - LEFT_ALONE, minutes });
    if (!next) return;
    const retryAfter = Math.max(1, (next.getTime() - now.getTime()) / 1000);
    throw new UserError('too-many-tries', { limit: 'structure', retryAfter });
  }

  async function ask({ structure, login, password }: StructureAttempt) {
    try {
      return await breaker(structure.id, async () => {
        const directory = await directories.of(structure);
        const entry = await directory.find(login);
        // One person has several spellings of a login, and one entry.
        const key = entry?.entryId ?? loginKey(login);
        await count(structure, key);
        return { entry, key, refusal: await directory.check(entry, password) };
      });
    } catch (error) {
      if (!(error instanceof DirectoryDown)) throw error;
      log.warn({ structure: structure.id, reason: error.reason, said: error.message }, 'a structure does not answer');
      throw new UserError(
        error.reason === 'untrusted' ? 'structure-untrusted' : 'structure-unavailable',
        { structure: structure.id, reason: error.reason },
        error,
      );
    }
  }

  return {
    async verify(attempt) {
      const since = performance.now();
      const { structure, login, clientId, request } = attempt;
      const { supportCode, address } = request;
      const counted = countedAddress(address);
      const line = { mode: 'compte-local', clientId, supportCode, address } as const;
      const details = { structure: structure.id };
      await limits.take('password-address', counted);
      let answer: Awaited<ReturnType<typeof ask>>;
      try {
        answer = await ask(attempt);
      } catch (error) {
        const code = error instanceof UserError ? error.code : 'internal';
        if (code !== 'too-many-tries') await limits.giveBack('password-address', counted);
        await storage.audit.write({
          event: 'sign-in.structure-refused',
          ...line,
          details: { ...details, reason: code },
        });
        throw error;
      }
      const { entry, key, refusal } = answer;
      const account = entry && (await storage.accounts.byIdentity(sourceOf(structure), entry.entryId));
      if (!entry || refusal) {
        const reason = refusal ?? 'wrong';
        await storage.audit.write({
          event: 'sign-in.structure-refused',
          ...line,
          accountId: account?.id,
          details: { ...details, reason },
        });
        if (entry?.disabled && account)
          await leavers.leave(structure, { accountId: account.id, entryId: entry.entryId }, 'disabled');
        if (!entry) await leavers.missing(structure, loginKey(login));
        return refuse(since, pace.refusal, new UserError(SAID[reason]));
      }
      await storage.structureTries.forget(structure.id, key);
      await limits.giveBack('password-address', counted);
      await storage.transaction(async (tx) => {
        await tx.structureMembers.seen(structure.id, entry.entryId, loginKey(login), clock());
        await tx.audit.write({ event: 'sign-in.structure-accepted', ...line, accountId: account?.id, details });
      });
      return entry;
    },
  };
}
