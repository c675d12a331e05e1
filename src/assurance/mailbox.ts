import type { Acr } from '../../config/modes.ts';
import { type Account, type Channel, channelsOf } from '../accounts/account.ts';
import type { Upstream } from '../provider/upstream.ts';
import { structureBehind } from './may-open.ts';

/** What may stand beside a password. */
export const BESIDE = ['mail', 'sms', 'app', 'recovery-code', 'passkey'] as const;
export type Beside = (typeof BESIDE)[number];

/** What was proved, as far as the account's mailbox may have given all of it. */
interface Given {
  readonly acr: Acr;
  readonly amr: readonly string[];
  readonly beside?: Beside | undefined;
  readonly upstream?: Upstream | undefined;
}

type Reset = Pick<Account, 'mailResetAt'>;

/**
 * The same mailbox twice is one factor. Whoever reads the mail of an account that has no second factor can give it a new
 * password; a code sent to that mail then proves what the password proves already. Until something else is proved
 * beside it, both together are worth a password. A structure's own password is none that our mail gives.
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

/**
 * Whether something was proved beside the password that its mailbox cannot give: then it is its owner's password. A card or
 * a passkey by itself says who its holder is, and nothing of who chose the password.
 */
export const isBesideOwn = ({ beside }: Pick<Given, 'beside'>): boolean => beside !== undefined && beside !== 'mail';

/** Where a code can be sent that, beside this password, reaches what is required. */
export const channelsThatCount = (
  account: Account,
  { required, upstream }: { readonly required: Acr; readonly upstream?: Upstream | undefined },
): Channel[] =>
  channelsOf(account, (beside) => required === 'eidas1' || !isMailboxTwice(account, { beside, upstream }));
