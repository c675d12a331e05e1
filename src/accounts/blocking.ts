import type { Logout } from '../provider/logout.ts';
import type { Storage } from '../storage.ts';

/**
 * Blocks an account, its owner having closed it or not: its sessions end, its grants and all that rests on them are gone, in one transaction. Every door
 * asks the database, so that it is out everywhere at once.
 * @returns false when there is no such account, or it was blocked already
 */
export async function blockAccount(logout: Logout, id: string, reason: string): Promise<boolean> {
  let changed = false;
  await logout.end({ accountId: id }, 'blocked', {
    everything: true,
    undosBefore: 'now',
    also: async (tx) => {
      changed = await tx.accounts.setStatus(id, { by: 'administrator', to: 'blocked', reason });
      if (changed) await tx.audit.write({ event: 'account.blocked', accountId: id, details: { reason } });
    },
  });
  return changed;
}

export async function unblockAccount(
  storage: Storage,
  id: string,
  by: 'administrator' | 'help-desk' = 'administrator',
): Promise<boolean> {
  return storage.transaction(async (tx) => {
    const changed = await tx.accounts.setStatus(id, { by, to: 'active', reason: 'unblocked' });
    if (changed) await tx.audit.write({ event: 'account.unblocked', accountId: id });
    return changed;
  });
}
