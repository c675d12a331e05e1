import type { Channel } from '../accounts/account.ts';
import type { Clock } from '../clock.ts';
import type { Storage } from '../storage.ts';
import { meaningOf } from './answers.ts';
import { DeliveryRefused } from './ports.ts';

export interface Addressee {
  readonly accountId: string | undefined;
  readonly channel: Channel;
  readonly to: string;
}

/** Keeps an address that its own server refuses as one, if what was thrown says so and it is still the account's. */
export type Remember = (addressee: Addressee, error: unknown) => Promise<void>;

export const createRemembering =
  ({ storage, clock }: { readonly storage: Storage; readonly clock: Clock }): Remember =>
  async ({ accountId, channel, to }, error) => {
    if (accountId === undefined) return;
    if (!(error instanceof DeliveryRefused) || !meaningOf(error.reason).remembered) return;
    if (channel === 'mail') await markRefused(storage, { accountId, to }, clock());
    else await storage.transaction((tx) => markPhoneRefused(tx, { accountId, to }, clock()));
  };

/** @returns false where it is known already, or is no longer this account's */
export const markRefused = (
  storage: Storage,
  { accountId, to }: { readonly accountId: string; readonly to: string },
  at: Date,
): Promise<boolean> =>
  storage.transaction(async (tx) => {
    const changed = await tx.lifecycles.mailRefused(accountId, to, at);
    if (changed) await tx.audit.write({ event: 'account.mail-refused', accountId });
    return changed;
  });

/** The same of a number, in a transaction that is under way. @param at when the message was sent that reached nobody */
export async function markPhoneRefused(
  tx: Storage,
  { accountId, to }: { readonly accountId: string; readonly to: string },
  at: Date,
): Promise<boolean> {
  const changed = await tx.lifecycles.phoneRefused(accountId, to, at);
  if (changed) await tx.audit.write({ event: 'account.phone-refused', accountId });
  return changed;
}
