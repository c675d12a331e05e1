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
import { type Directories, DirectoryDown, type DirectoryEntry, deadlineOf } from './directory.ts';
import { createDirectoryGuard } from './directory-guard.ts';
import type { Leavers } from './leavers.ts';
import type { DirectoryRefusal } from './reading.ts';
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

const SAID = {
  wrong: 'credentials-wrong',
  'password-expired': 'structure-password-expired',
  'must-change': 'structure-must-change',
  locked: 'structure-locked',
  disabled: 'structure-disabled',
  'not-now': 'structure-not-now',
  'not-here': 'structure-not-here',
  unclear: 'structure-unclear',
} as const satisfies Record<DirectoryRefusal, string>;

const DOWN = {
  unreachable: 'structure-unavailable',
  misconfigured: 'structure-unavailable',
  untrusted: 'structure-untrusted',
  busy: 'structure-busy',
} as const satisfies Record<DirectoryDown['reason'], string>;

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

  const guarded = createDirectoryGuard(parts);

  async function ask({ structure, login, password }: StructureAttempt, known: boolean) {
    try {
      return await breaker(structure.id, async () => {
        const by = deadlineOf(structure);
        const directory = await directories.of(structure);
        const found = await directory.find(login, by);
        const reading = await guarded({ structure, directory, found, login: loginKey(login), password, by, known });
        return { entry: found?.entry, isThere: found !== undefined, reading };
      });
    } catch (error) {
      if (!(error instanceof DirectoryDown)) throw error;
      log.warn({ structure: structure.id, reason: error.reason, said: error.message }, 'a structure does not answer');
      throw new UserError(DOWN[error.reason], { structure: structure.id, reason: error.reason }, error);
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
      const { entry, isThere, reading } = answer;
      const account = entry && (await storage.accounts.byIdentity(sourceOf(structure), entry.entryId));
      if (!entry || reading.refusal) {
        const reason = reading.refusal ?? 'unclear';
        await storage.audit.write({
          event: 'sign-in.structure-refused',
          ...line,
          accountId: account?.id,
          details: { ...details, reason },
        });
        if (reading.password !== 'wrong') await tried.giveBack();
        if (reading.leaves && account && entry)
          await leavers.leave(structure, { accountId: account.id, entryId: entry.entryId }, reading.leaves);
        if (!isThere) await leavers.missing(structure, loginKey(login));
        return refuse(since, pace.refusal, new UserError(SAID[reason]));
      }
      await tried.succeeded();
      await storage.transaction(async (tx) => {
        await tx.structureMembers.seen(structure.id, entry.entryId, loginKey(login), clock());
        await tx.audit.write({ event: 'sign-in.structure-accepted', ...line, accountId: account?.id, details });
      });
      return entry;
    },
  };
}
