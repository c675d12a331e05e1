import { FlowError, UserError } from '../http/errors.ts';
import { countedAddress } from '../protection/address.ts';
import type { Limits } from '../protection/limits.ts';
import type { Storage } from '../storage.ts';
import { undoStands } from './since.ts';
import type { Asking, CareParts, Changing } from './telling.ts';
import type { Replaced, Undo } from './undo.ts';

/** Puts back what a change replaced, whatever came after it. */
async function putBack(tx: Storage, { accountId, before }: Undo, now: Date): Promise<void> {
  const restore: { [K in Replaced['kind']]: (was: Extract<Replaced, { kind: K }>) => Promise<unknown> } = {
    mail: contact,
    sms: contact,
    async password({ hash, mailResetAt }) {
      if (hash === undefined) await tx.care.removePassword(accountId);
      else await tx.accounts.setPasswordHash(accountId, hash);
      await tx.accounts.setMailReset(accountId, mailResetAt === undefined ? undefined : new Date(mailResetAt));
    },
    'passkey-added': ({ id }) => tx.passkeys.remove(accountId, id, now),
    'passkey-removed': ({ id }) => tx.passkeys.restore(accountId, id),
    'authenticator-added': () => tx.authenticators.remove(accountId, now),
    'authenticator-removed': ({ id }) => tx.authenticators.restore(accountId, id, now),
    'recovery-codes': () => tx.recoveryCodes.remove(accountId),
    async closing() {
      const reason = 'reopened by its owner';
      if (!(await tx.accounts.setStatus(accountId, { by: 'undo', to: 'active', reason })))
        throw new UserError('undo-unknown');
    },
  };
  async function contact(was: { kind: 'mail' | 'sms'; value?: string | undefined; verified: boolean }) {
    const { kind, value, verified } = was;
    // Somebody took the address meanwhile: it is theirs now, and no account has two owners.
    if ((await tx.care.setContact(accountId, kind, { value, verified })) !== 'done')
      throw new UserError('contact-taken', { channel: kind });
  }
  await (restore[before.kind] as (was: Replaced) => Promise<unknown>)(before);
}

/**
 * Undoes a change by the code of its mail, without a session: whoever lost the account has none. Every session ends. A
 * password that somebody else may know opens nothing any more (`disowned`).
 * @throws {UserError} `undo-unknown`, `too-many-tries`, `contact-taken`
 */
export function createUndoing({ storage, clock }: CareParts, limits: Limits, change: Changing) {
  return async (code: string, disowned: boolean, asking: Asking): Promise<void> => {
    const address = countedAddress(asking.request.address);
    await limits.take('undo-address', address);
    const undo = await storage.undos.find(code, clock());
    if (!undo) throw new UserError('undo-unknown');
    await limits.giveBack('undo-address', address);
    const account = await storage.accounts.byId(undo.accountId);
    if (!account || !undoStands(account, undo.createdAt)) throw new UserError('undo-unknown');
    const { before } = undo;
    const told = before.kind === 'mail' ? [before.value, account.email] : [account.email];
    await change({
      account,
      asking,
      event: 'account.change-undone',
      details: { kind: before.kind, disowned },
      tell: [...new Set(told)].filter((to) => to !== undefined).map((to) => ({ template: 'change-undone', to })),
      ending: { which: { accountId: account.id }, by: 'undone', everything: true },
      async work(tx) {
        // Read again: the transaction holds the account by now, and somebody above it may have come between.
        const now = await tx.accounts.byId(account.id);
        if (!now || !undoStands(now, undo.createdAt)) throw new UserError('undo-unknown');
        if (!(await tx.undos.use(undo, clock()))) throw new FlowError('account-changed');
        await putBack(tx, undo, clock());
        if (disowned) {
          await tx.care.removePassword(account.id);
          // Somebody knows how to come in: from now on each sign-in is told, until the person says that it is enough.
          await tx.preferences.setTellsEach(account.id, true);
        }
      },
    });
  };
}

export type Undoing = ReturnType<typeof createUndoing>;
