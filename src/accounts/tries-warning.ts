import type { Clock } from '../clock.ts';
import type { Notifier } from '../delivery/notifier.ts';
import { UserError } from '../http/errors.ts';
import type { RequestInfo } from '../http/request.ts';
import type { LimitName, Limits } from '../protection/limits.ts';
import type { Storage } from '../storage.ts';
import type { Circumstances } from './circumstances.ts';

export interface TriesWarningParts {
  readonly storage: Storage;
  readonly limits: Limits;
  readonly clock: Clock;
  readonly notifier: Notifier;
  readonly circumstances: Circumstances;
}

/** Somebody used up what an account allows in a day: its owner is told, once a day. */
export function createTriesWarning({ storage, limits, clock, notifier, circumstances }: TriesWarningParts) {
  async function isFirst(accountId: string): Promise<boolean> {
    try {
      await limits.take('warnings', accountId);
      return true;
    } catch (error) {
      if (error instanceof UserError) return false;
      throw error;
    }
  }

  return async (accountId: string, request: RequestInfo, limit: LimitName): Promise<void> => {
    if (!(await isFirst(accountId))) return;
    const account = await storage.accounts.byId(accountId);
    const { supportCode, address } = request;
    const at = clock();
    const notices = await storage.transaction(async (tx) => {
      await tx.audit.write({ event: 'account.tries-used-up', accountId, supportCode, address, details: { limit } });
      if (!account) return [];
      const act = { account, at, locale: account.locale ?? 'fr', request };
      return circumstances.tell(tx, act, 'somebody-tries');
    });
    await notifier.announce(notices);
  };
}
