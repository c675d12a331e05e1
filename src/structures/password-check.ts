import type { Pace } from '../../config/pace.ts';
import { loginKey } from '../accounts/login-key.ts';
import type { Clock } from '../clock.ts';
import { UserError } from '../http/errors.ts';
import type { RequestInfo } from '../http/request.ts';
import type { Log } from '../log.ts';
import type { Admission } from '../protection/admission.ts';
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
  /** Whether somebody human proved to be one with this try; undefined where there is no way to. */
  readonly proven?: (() => Promise<boolean>) | undefined;
}

/**
 * Two tries are left to their owner when we stop: the directory locks nobody because of us. One of the two may be made in
 * a browser that is known, where strangers have used up ours.
 */
const LEFT_ALONE = { strangers: 2, known: 1 } as const;

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
  readonly admission: Admission;
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
  const { storage, directories, breaker, leavers, admission, clock, log, pace } = parts;

  /** @throws {UserError} when the directory might lock the account at the next wrong password. */
  async function count({ id, connector }: LdapStructure, key: string, who: keyof typeof LEFT_ALONE): Promise<void> {
    const { attempts, minutes } = connector.lockout;
    const now = clock();
    const next = await storage.structureTries.take(id, key, now, { attempts: attempts - LEFT_ALONE[who], minutes });
    if (!next) return;
    const retryAfter = Math.max(1, (next.getTime() - now.getTime()) / 1000);
    throw new UserError('too-many-tries', { limit: 'structure', retryAfter });
  }

  async function ask({ structure, login, password }: StructureAttempt, known: boolean) {
    try {
      return await breaker(structure.id, async () => {
        const directory = await directories.of(structure);
        const entry = await directory.find(login);
        // One person has several spellings of a login, and one entry.
        const key = entry?.entryId ?? loginKey(login);
        await count(structure, key, known ? 'known' : 'strangers');
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

  /** Whoever last signed in under this login: nobody else's browser is known for it. */
  async function admit({ structure, login, request, proven }: StructureAttempt) {
    const key = loginKey(login);
    const member = await storage.structureMembers.byLogin(structure.id, key);
    const accountId = member?.accountId;
    const counter = accountId ?? `${structure.id}:${key}`;
    return admission.admit({ door: 'local-password', counter, accountId, request, proven });
  }

  return {
    async verify(attempt) {
      const since = performance.now();
      const { structure, login, clientId, request } = attempt;
      const { supportCode, address } = request;
      const line = { mode: 'compte-local', clientId, supportCode, address } as const;
      const details = { structure: structure.id };
      const tried = await admit(attempt);
      let answer: Awaited<ReturnType<typeof ask>>;
      try {
        answer = await ask(attempt, tried.known);
      } catch (error) {
        const code = error instanceof UserError ? error.code : 'internal';
        if (code !== 'too-many-tries') await tried.giveBack();
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
      await tried.succeeded();
      await storage.transaction(async (tx) => {
        await tx.structureMembers.seen(structure.id, entry.entryId, loginKey(login), clock());
        await tx.audit.write({ event: 'sign-in.structure-accepted', ...line, accountId: account?.id, details });
      });
      return entry;
    },
  };
}
