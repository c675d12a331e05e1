import type { Storage } from '../storage.ts';
import type { Account } from './account.ts';

/**
 * Proofs have a date, accounts have a "since". What was proved, begun or asked for before the account's `proofsSince`
 * proves nothing any more, wherever it waits: in a flow, a redirect that nobody followed, a session store restored from
 * the past. Revoking moves one date and looks for nothing; whoever turns a proof into something asks `stands`.
 *
 * The date is the process's, as that of every proof is (it becomes `auth_time`); it never goes back. Two processes may
 * differ by what their clocks differ, which TOTP, DPoP and every JWT bound to a second or so: a proof of the other
 * process that is as young as that, and parked at that very moment, may stand. Sessions and grants are ended by row in
 * the same transaction, so that no difference of clocks touches them. A margin would refuse the owner instead, who signs
 * in with the new password at once.
 */
export const stands = ({ proofsSince }: Pick<Account, 'proofsSince'>, provedAt: Date): boolean =>
  proofsSince === undefined || provedAt >= proofsSince;

/** A sign-in counts from when this service saw it: what vouched for it, a desktop or a provider, may be older. */
export const signInStands = (
  account: Pick<Account, 'proofsSince'>,
  { provedAt, authenticatedAt }: { readonly provedAt?: Date | undefined; readonly authenticatedAt: Date },
): boolean => stands(account, provedAt ?? authenticatedAt);

/**
 * Undo codes have a date of their own. They are the way back of an owner whose account somebody else changes: did they
 * end with every change of the password, that somebody would need but one more change to take them away. So what the
 * account itself can do (password, closing, sessions, factors, "it was not me", an undo) leaves them, and what stands
 * above the account (an administrator's block, a recovery by two agents) ends those made before it.
 */
export const undoStands = ({ undosSince }: Pick<Account, 'undosSince'>, madeAt: Date): boolean =>
  undosSince === undefined || madeAt >= undosSince;

export interface Revocation {
  readonly accountId: string;
  readonly at: Date;
  /** The session that does it goes on, and what was proved in it: it is upheld by name, not spared by a date. */
  readonly except?: string | undefined;
  /** Grants with `offline_access` go on, where the sessions alone are ended. */
  readonly offlineGoesOn?: boolean;
  /** Undo codes made before end too. */
  readonly undosBefore?: Date | undefined;
}

/** Takes back all that was proved so far, in the transaction of the change that takes it back, and of its audit line. */
export async function revokeProofs(
  tx: Storage,
  { accountId, at, except, offlineGoesOn = false, undosBefore }: Revocation,
): Promise<void> {
  const since = await tx.accounts.moveSince(accountId, at, undosBefore);
  if (since && (except !== undefined || offlineGoesOn))
    await tx.signIns.uphold({ accountId, session: except, offline: offlineGoesOn }, since);
}
