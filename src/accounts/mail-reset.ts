import type { AuditLine } from '../audit/audit.ts';
import type { Storage } from '../storage.ts';
import type { Account } from './account.ts';

/** For how long the word of the help desk stands that an address is its owner's. */
const VOUCHED = 72 * 60 * 60 * 1000;

type Ground = Omit<AuditLine, 'event' | 'accountId' | 'details'>;

/** Whether the mail alone gives the next password: nothing else was proved, nor did two agents see who reads it. */
export const isMailAlone = ({ mailVouchedAt }: Pick<Account, 'mailVouchedAt'>, second: boolean, now: Date): boolean =>
  !second && (mailVouchedAt === undefined || now.getTime() - mailVouchedAt.getTime() >= VOUCHED);

/** In the transaction of a forgotten password: what the new one rests on. What that is worth: src/assurance/mailbox.ts. */
export async function passwordReset(
  tx: Storage,
  { id }: Pick<Account, 'id'>,
  { mailAlone, at, ground }: { mailAlone: boolean; at: Date; ground: Ground },
): Promise<void> {
  await tx.accounts.setMailReset(id, mailAlone ? at : undefined);
  await tx.accounts.setMailVouched(id, undefined);
  await tx.audit.write({ event: 'recovery.password-set', accountId: id, ...ground, details: { mailAlone } });
}

/** In the transaction of what proved more than the mailbox does. */
export async function mailResetEnded(
  tx: Storage,
  { id, mailResetAt }: Pick<Account, 'id' | 'mailResetAt'>,
  by: string,
  ground: Ground,
): Promise<void> {
  if (mailResetAt && (await tx.accounts.endMailReset(id, mailResetAt)))
    await tx.audit.write({ event: 'account.mail-reset-ended', accountId: id, ...ground, details: { by } });
}
