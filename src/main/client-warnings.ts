import { warnContacts } from '../clients/expiry.ts';
import type { Notifier } from '../delivery/notifier.ts';
import type { Parts } from './parts.ts';
import { startRounds } from './rounds.ts';

const EVERY = 60 * 60 * 1000;

/** Contacts of applications are told what is about to end. @returns how to stop, once the round in hand has ended. */
export function startClientWarnings(
  { storage, clock, log, settings }: Pick<Parts, 'storage' | 'clock' | 'log' | 'settings'>,
  notifier: Notifier,
): () => Promise<void> {
  return startRounds({ log, every: EVERY, failed: 'contacts of applications could not be warned' }, async () => {
    const mails = await warnContacts({ storage, clock, issuer: settings.ISSUER, zone: settings.TIME_ZONE }, notifier);
    if (mails > 0) log.info({ mails }, 'contacts of applications were warned');
  });
}
