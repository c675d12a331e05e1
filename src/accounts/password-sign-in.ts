import type { ModeId } from '../../config/modes.ts';
import type { Pace } from '../../config/pace.ts';
import { UserError } from '../http/errors.ts';
import type { RequestInfo } from '../http/request.ts';
import type { PasswordGuard } from '../protection/password-guard.ts';
import { refuse } from '../protection/same-time.ts';
import type { Storage } from '../storage.ts';
import type { Account } from './account.ts';
import { loginKey } from './login-key.ts';
import type { Passwords } from './passwords.ts';

export interface PasswordAttempt {
  readonly login: string;
  readonly password: string;
  readonly mode: ModeId;
  readonly clientId: string;
  readonly request: RequestInfo;
  /** See PasswordTry. */
  readonly proven?: (() => Promise<boolean>) | undefined;
}

export interface PasswordSignIn {
  /**
   * Checks identifier and password. An unknown identifier and a wrong password get the same answer in the same time.
   * @throws {UserError} `credentials-wrong`, `too-many-tries`, `account-unavailable` (only to who knows the password)
   */
  verify(attempt: PasswordAttempt): Promise<ProvedPassword>;
}

export interface ProvedPassword {
  readonly account: Account;
  /** Writes down that it was accepted, in the transaction in which it counts. */
  spend(storage: Storage): Promise<void>;
}

export function createPasswordSignIn({
  storage,
  passwords,
  guard,
  pace,
}: {
  storage: Storage;
  passwords: Passwords;
  guard: PasswordGuard;
  pace: Pick<Pace, 'refusal'>;
}): PasswordSignIn {
  return {
    async verify({ login, password, mode, clientId, request, proven }) {
      const since = performance.now();
      const { supportCode, address } = request;
      const key = loginKey(login);
      const found = await storage.accounts.byLoginKey(key);
      // Login and mail of one person share a counter; unknown identifiers have one each.
      const counter = found?.account.id ?? key;
      const tried = await guard.admit({ counter, accountId: found?.account.id, mode, request, proven });
      const { ok, upgrade } = await passwords.verify(password, found?.passwordHash);
      const line = { mode, clientId, supportCode, address, accountId: found?.account.id };
      if (!found || !ok) {
        tried.failed();
        await storage.audit.write({ event: 'sign-in.password-refused', ...line });
        return refuse(since, pace.refusal, new UserError('credentials-wrong'));
      }
      await tried.succeeded();
      const { account, passwordHash } = found;
      if (account.status !== 'active') {
        await storage.audit.write({ event: 'sign-in.refused', ...line, details: { reason: account.status } });
        throw new UserError('account-unavailable');
      }
      if (upgrade) {
        const upgraded = await passwords.hash(password);
        await storage.transaction(async (tx) => {
          await tx.accounts.setPasswordHash(account.id, upgraded, passwordHash);
          await tx.audit.write({ event: 'account.password-upgraded', ...line });
        });
      }
      return { account, spend: (tx) => tx.audit.write({ event: 'sign-in.password-accepted', ...line }) };
    },
  };
}
