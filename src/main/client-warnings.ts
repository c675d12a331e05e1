import { warnContacts } from '../clients/expiry.ts';
import type { Notifier } from '../delivery/notifier.ts';
import type { Parts } from './parts.ts';

const EVERY = 60 * 60 * 1000;

/** Contacts of applications are told what is about to end. @returns how to stop, once the round in hand has ended. */
export function startClientWarnings(
  { storage, clock, log, settings }: Pick<Parts, 'storage' | 'clock' | 'log' | 'settings'>,
  notifier: Notifier,
): () => Promise<void> {
  let round: Promise<void> = Promise.resolve();
  const run = async () => {
    try {
      const mails = await warnContacts({ storage, clock, issuer: settings.ISSUER }, notifier);
      if (mails > 0) log.info({ mails }, 'contacts of applications were warned');
    } catch (err) {
      log.warn({ err }, 'contacts of applications could not be warned; it is tried again later');
    }
  };
  const timer = setInterval(() => {
    round = run();
  }, EVERY);
  round = run();
  return async () => {
    clearInterval(timer);
    await round;
  };
}
