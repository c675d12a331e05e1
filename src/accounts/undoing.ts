import { localeOf } from '../delivery/mail-frame.ts';
import { FlowError, UserError } from '../http/errors.ts';
import { countedAddress } from '../protection/address.ts';
import type { Limits } from '../protection/limits.ts';
import { asItWas } from './as-it-was.ts';
import { inWords, type Outcome } from './outcomes.ts';
import { putBack } from './put-back.ts';
import { undoStands } from './since.ts';
import type { Asking, CareParts, Changing, Telling } from './telling.ts';
import type { Replaced } from './undo.ts';

/**
 * Undoes a change by the code of its mail, without a session: whoever lost the account has none. Every session ends. Of
 * what the person did themselves one thing is put back; what somebody else did (`disowned`) takes the whole account back to
 * the moment before it.
 * @returns what was done, where it is more than one thing
 * @throws {UserError} `undo-unknown`, `too-many-tries`, `contact-taken`
 */
export function createUndoing({ storage, clock }: CareParts, limits: Limits, change: Changing) {
  return async (code: string, disowned: boolean, asking: Asking): Promise<readonly Outcome[]> => {
    const address = countedAddress(asking.request.address);
    await limits.take('undo-address', address);
    const undo = await storage.undos.find(code, clock());
    if (!undo) throw new UserError('undo-unknown');
    await limits.giveBack('undo-address', address);
    const account = await storage.accounts.byId(undo.accountId);
    if (!account || !undoStands(account, undo.createdAt)) throw new UserError('undo-unknown');
    const { accountId, before, createdAt: since } = undo;
    let outcomes: readonly Outcome[] = [];
    let owner: string | undefined;
    let brought: Replaced | undefined;
    const told = (): Telling[] => {
      const params = { what: inWords(outcomes, localeOf(asking.locale)).join(' ') };
      if (disowned) return owner === undefined ? [] : [{ template: 'account-taken-back', to: owner, params }];
      const both = new Set(before.kind === 'mail' ? [before.value, account.email] : [account.email]);
      return [...both].map((to) => ({ template: 'change-undone', to }));
    };
    await change({
      account,
      asking,
      event: 'account.change-undone',
      details: () => ({ kind: before.kind, disowned, ...(disowned ? { did: outcomes } : {}) }),
      tell: told,
      before: () => brought,
      undoes: since,
      ending: { which: { accountId }, by: 'undone', everything: true },
      async work(tx) {
        // Read again: the transaction holds the account by now, and somebody above it may have come between.
        const held = await tx.accounts.byId(accountId);
        if (!held || !undoStands(held, since)) throw new UserError('undo-unknown');
        const now = clock();
        const journal = await tx.undos.since(accountId, since);
        if (!(await tx.undos.use(undo, now))) throw new FlowError('account-changed');
        if (!disowned) {
          brought = await putBack(tx, held, undo, now);
          return;
        }
        outcomes = await asItWas(tx, { accountId, since, now }, journal);
        const back = await tx.accounts.byId(accountId);
        owner = back?.emailVerified ? back.email : undefined;
      },
    });
    return outcomes;
  };
}

export type Undoing = ReturnType<typeof createUndoing>;
