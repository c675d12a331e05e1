import type { Circumstances } from '../accounts/circumstances.ts';
import type { Notifier } from '../delivery/notifier.ts';
import { UserError } from '../http/errors.ts';
import { readRecoveryCode } from './recovery-codes.ts';
import { admitFactor, type CheckedFactor, type FactorLine, type FactorParts } from './totp.ts';

/** A code of the list on paper, as a second factor; its owner is told each time. */
export function createRecovery(parts: FactorParts & { notifier: Notifier; circumstances: Circumstances }) {
  const { storage, clock, notifier, circumstances } = parts;
  return {
    /** @throws {UserError} `recovery-code-wrong`, `too-many-tries` */
    async check(accountId: string, typed: string, line: FactorLine): Promise<CheckedFactor> {
      const { supportCode, address } = line.request;
      const ground = { accountId, clientId: line.clientId, supportCode, address };
      const tried = await admitFactor(parts, accountId, line);
      const code = readRecoveryCode(typed);
      if (code === undefined || !(await storage.recoveryCodes.fits(accountId, code))) {
        await storage.audit.write({ event: 'sign-in.recovery-code-refused', ...ground });
        throw new UserError('recovery-code-wrong');
      }
      const notices: string[] = [];
      return {
        async spend(tx) {
          const at = clock();
          if (!(await tx.recoveryCodes.use(accountId, code, at))) throw new UserError('recovery-code-wrong');
          const left = await tx.recoveryCodes.left(accountId);
          await tx.audit.write({ event: 'recovery-codes.used', ...ground, details: { left } });
          const account = await tx.accounts.byId(accountId);
          if (!account) return;
          const act = { account, at, locale: account.locale ?? 'fr', request: line.request };
          notices.push(...(await circumstances.tell(tx, act, 'recovery-code-used', { left: String(left) })));
        },
        async succeeded() {
          await Promise.all([tried.succeeded(), notifier.announce(notices)]);
        },
      };
    },
  };
}

export type Recovery = ReturnType<typeof createRecovery>;
