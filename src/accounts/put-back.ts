import { FlowError, UserError } from '../http/errors.ts';
import type { Storage } from '../storage.ts';
import { relink, unlink } from './identities.ts';
import type { Replaced, Undo } from './undo.ts';

type Was<K extends Replaced['kind']> = Extract<Replaced, { kind: K }>;
type PutBack<K extends Replaced['kind']> = (tx: Storage, accountId: string, was: Was<K>, now: Date) => Promise<unknown>;

async function contact(tx: Storage, accountId: string, { kind, value, verified }: Was<'mail' | 'sms'>): Promise<void> {
  // Somebody took the address meanwhile: it is theirs now, and no account has two owners.
  if ((await tx.care.setContact(accountId, kind, { value, verified })) !== 'done')
    throw new UserError('contact-taken', { channel: kind });
}

/** How one change is put back, whatever came after it. */
const PUT_BACK: { [K in Replaced['kind']]: PutBack<K> } = {
  mail: contact,
  sms: contact,
  async password(tx, accountId, { hash, mailResetAt }) {
    if (hash === undefined) await tx.care.removePassword(accountId);
    else await tx.accounts.setPasswordHash(accountId, hash);
    await tx.accounts.setMailReset(accountId, mailResetAt === undefined ? undefined : new Date(mailResetAt));
  },
  'passkey-added': (tx, accountId, { id }, now) => tx.passkeys.remove(accountId, id, now),
  'passkey-removed': (tx, accountId, { id }) => tx.passkeys.restore(accountId, id),
  'authenticator-added': (tx, accountId, _was, now) => tx.authenticators.remove(accountId, now),
  'authenticator-removed': (tx, accountId, { id }, now) => tx.authenticators.restore(accountId, id, now),
  'recovery-codes': (tx, accountId) => tx.recoveryCodes.remove(accountId),
  'identity-linked': unlink,
  async 'identity-removed'(tx, accountId, was) {
    if (!(await relink(tx, accountId, was))) throw new FlowError('account-changed');
  },
  'door-opened': (tx, accountId, { mode, closedAt }) => tx.care.closeDoor(accountId, mode, closedAt),
  async closing(tx, accountId) {
    const reason = 'reopened by its owner';
    if (!(await tx.accounts.setStatus(accountId, { by: 'undo', to: 'active', reason })))
      throw new UserError('undo-unknown');
  },
};

/** @throws {UserError} `contact-taken`, `undo-unknown`; {FlowError} `account-changed` */
export async function putBack(tx: Storage, { accountId, before }: Undo, now: Date): Promise<void> {
  await (PUT_BACK[before.kind] as PutBack<Replaced['kind']>)(tx, accountId, before, now);
}
