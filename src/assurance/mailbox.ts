import { type Acr, MODES, type ModeId } from '../../config/modes.ts';
import { type Account, type Channel, channelsOf } from '../accounts/account.ts';
import type { Upstream } from '../provider/upstream.ts';
import { structureBehind } from './may-open.ts';

/** What may stand beside a password. */
export const BESIDE = ['mail', 'sms', 'app', 'recovery-code', 'passkey'] as const;
export type Beside = (typeof BESIDE)[number];

/** What was proved, as far as the account's mailbox may have given all of it. */
interface Given {
  readonly mode: ModeId;
  readonly acr: Acr;
  readonly amr: readonly string[];
  readonly beside?: Beside | undefined;
  readonly upstream?: Upstream | undefined;
}

type Reset = Pick<Account, 'mailResetAt'>;

/**
 * The same mailbox twice is one factor. Whoever reads the mail of an account that has no second factor can give it a new
 * password; a code sent to that mail then proves what the password proves already. Until something else is proved for
 * the account, both together are worth a password. A structure's own password is none that our mail gives.
 */
export const isMailboxTwice = ({ mailResetAt }: Reset, { beside, upstream }: Pick<Given, 'beside' | 'upstream'>) =>
  beside === 'mail' && mailResetAt !== undefined && structureBehind(upstream) === undefined;

/**
 * What a proof counts for, asked of every sign-in before it opens anything. Both methods were used, and are named; `mfa`
 * would say that they are two factors (RFC 8176 §2).
 */
export function counted<G extends Given>(given: G, account: Reset): G {
  if (!isMailboxTwice(account, given)) return given;
  return { ...given, acr: 'eidas1', amr: given.amr.filter((method) => method !== 'mfa') };
}

/** Whether a proof gave something that the mailbox cannot; a desktop does where it was known before the reset. */
export function isBeyondMailbox({ mode, beside }: Pick<Given, 'mode' | 'beside'>): boolean {
  if (beside !== undefined) return beside !== 'mail';
  return MODES.some(({ id, beyondMailbox }) => id === mode && beyondMailbox);
}

/** Where a code can be sent that, beside this password, reaches what is required. */
export const channelsThatCount = (
  account: Account,
  { required, upstream }: { readonly required: Acr; readonly upstream?: Upstream | undefined },
): Channel[] =>
  channelsOf(account).filter((beside) => required === 'eidas1' || !isMailboxTwice(account, { beside, upstream }));
