import { warnContacts } from '../clients/expiry.ts';
import type { Notifier } from '../delivery/notifier.ts';
import type { Parts } from './parts.ts';
import { startRounds } from './rounds.ts';

/** Contacts of applications are told what is about to end. @returns how to stop, once the round in hand has ended. */
export function startClientWarnings(
  { storage, clock, log, settings, rounds }: Pick<Parts, 'storage' | 'clock' | 'log' | 'settings' | 'rounds'>,
  notifier: Notifier,
): () => Promise<void> {
  const warnings = {
    log,
    rounds,
    round: 'client-warnings',
    failed: 'contacts of applications could not be warned',
  } as const;
  return startRounds(warnings, async () => {
    const mails = await warnContacts({ storage, clock, issuer: settings.ISSUER, zone: settings.TIME_ZONE }, notifier);
    if (mails > 0) log.info({ mails }, 'contacts of applications were warned');
  });
}
