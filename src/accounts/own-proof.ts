import { channelsThatCount } from '../assurance/mailbox.ts';
import type { Storage } from '../storage.ts';
import type { Account, Channel } from './account.ts';

/** What may prove, beside the password, that an account is somebody's own. */
export interface OwnProof {
  readonly application: boolean;
  readonly passkey: boolean;
  /** Where a code may go. */
  readonly channel: Channel | undefined;
}

/**
 * The strongest that the account has: whoever reads its mail has read, or may change, its password too, so that the two
 * together prove one thing. The mail counts where there is nothing else.
 */
export async function ownProofOf(storage: Storage, account: Account): Promise<OwnProof> {
  const [authenticator, keys] = await Promise.all([
    storage.authenticators.of(account.id),
    storage.passkeys.of(account.id),
  ]);
  const [application, passkey] = [authenticator !== undefined, keys.some(({ suspendedAt }) => !suspendedAt)];
  // A way in that lasts asks for two factors, whatever the application does.
  const channels = channelsThatCount(account, { required: 'eidas2' });
  const mail = application || passkey || !channels.includes('mail') ? undefined : 'mail';
  return { application, passkey, channel: channels.includes('sms') ? 'sms' : mail };
}
