import { FlowError, UserError } from '../http/errors.ts';
import type { Storage } from '../storage.ts';
import type { Account } from './account.ts';
import { beforeLinking, relink, unlink } from './identities.ts';
import type { Replaced, Undo } from './undo.ts';

type Was<K extends Replaced['kind']> = Extract<Replaced, { kind: K }>;
/** @returns what the journal has to hold of it: what an undo brings back is itself new, for whoever goes further back. */
type PutBack<K extends Replaced['kind']> = (
  tx: Storage,
  account: Account,
  was: Was<K>,
  now: Date,
) => Promise<Replaced | undefined>;

/** Puts a contact back. @throws {UserError} `contact-taken`: it is somebody else's now, and no account has two owners */
async function contact(tx: Storage, { id }: Account, { kind, value, verified }: Was<'mail' | 'sms'>): Promise<void> {
  if ((await tx.care.setContact(id, kind, { value, verified })) !== 'done')
    throw new UserError('contact-taken', { channel: kind });
}

/** How one change is put back, whatever came after it. What it takes away nobody wants again: that is not held. */
const PUT_BACK: { [K in Replaced['kind']]: PutBack<K> } = {
  async mail(tx, account, was) {
    await contact(tx, account, was);
    return undefined;
  },
  async sms(tx, account, was) {
    await contact(tx, account, was);
    // Of the two numbers nobody can say later whose they were: neither comes back.
    return { kind: 'sms', value: undefined, verified: false };
  },
  async password(tx, { id }, { hash, mailResetAt }) {
    if (hash === undefined) await tx.care.removePassword(id);
    else await tx.accounts.setPasswordHash(id, hash);
    await tx.accounts.setMailReset(id, mailResetAt === undefined ? undefined : new Date(mailResetAt));
    return undefined;
  },
  async 'passkey-added'(tx, account, { id }, now) {
    await tx.passkeys.remove(account.id, id, now);
    return undefined;
  },
  async 'passkey-removed'(tx, account, { id }) {
    return (await tx.passkeys.restore(account.id, id)) ? { kind: 'passkey-added', id } : undefined;
  },
  async 'authenticator-added'(tx, account, { id }, now) {
    const current = await tx.authenticators.of(account.id);
    if (current?.id === id) await tx.authenticators.remove(account.id, now);
    return undefined;
  },
  async 'authenticator-removed'(tx, account, { id }, now) {
    return (await tx.authenticators.restore(account.id, id, now)) ? { kind: 'authenticator-added', id } : undefined;
  },
  async 'recovery-codes'(tx, { id }) {
    await tx.recoveryCodes.remove(id);
    return undefined;
  },
  async 'identity-linked'(tx, { id }, was) {
    await unlink(tx, id, was);
    return undefined;
  },
  async 'identity-removed'(tx, account, was) {
    const before = await beforeLinking(tx, account, was);
    if (!(await relink(tx, account.id, was))) throw new FlowError('account-changed');
    return before;
  },
  async 'door-opened'(tx, { id }, { mode, closedAt }) {
    await tx.care.closeDoor(id, mode, closedAt);
    return undefined;
  },
  async closing(tx, { id }) {
    const reason = 'reopened by its owner';
    if (!(await tx.accounts.setStatus(id, { by: 'undo', to: 'active', reason }))) throw new UserError('undo-unknown');
    return undefined;
  },
};

/**
 * Puts back what one change replaced, in the caller's transaction.
 * @returns what the journal has to hold of it, where somebody goes further back later
 * @throws {UserError} `contact-taken`, `undo-unknown`; {FlowError} `account-changed`
 */
export const putBack = (tx: Storage, account: Account, { before }: Undo, now: Date): Promise<Replaced | undefined> =>
  (PUT_BACK[before.kind] as PutBack<Replaced['kind']>)(tx, account, before, now);
