import { createImapBox } from '../../adapters/mail/imap.ts';
import { createQueue, createWorker } from '../../adapters/queue/bullmq.ts';
import { readMailAddress } from '../../config/mail-address.ts';
import { BOUNCE_ROUNDS, createBounceMetrics, readBounces } from '../delivery/bounce-box.ts';
import { queueSettings } from './delivery.ts';
import type { Parts } from './parts.ts';
import { startRounds } from './rounds.ts';

/** The mailbox that reports come back to, read now and then; of several workers, one does each round. */
export function startBounceReading(parts: Parts): { close(graceMs: number): Promise<void> } {
  const { settings, registry, log, rounds } = parts;
  const { MAIL_BOUNCES, MAIL_BOUNCES_IMAP, MAIL_CA } = settings;
  const returnTo = readMailAddress(MAIL_BOUNCES ?? '');
  if (MAIL_BOUNCES_IMAP === undefined || !returnTo) return { close: async () => undefined };
  const box = createImapBox({ url: MAIL_BOUNCES_IMAP, ca: MAIL_CA });
  // Registered here alone: where no mailbox is read, no alarm says that it was not.
  const reading = { ...parts, box, returnTo, metrics: createBounceMetrics(registry) };
  const queue = createQueue(queueSettings(parts), BOUNCE_ROUNDS);
  const worker = createWorker(queueSettings(parts), BOUNCE_ROUNDS, () => readBounces(reading));
  const asking = { log, rounds, round: 'bounces', failed: 'the mailbox of reports could not be asked for' } as const;
  const stop = startRounds(asking, () => queue.send({ mailbox: 'bounces' }));
  return {
    async close(graceMs) {
      await stop();
      await worker.close(graceMs);
      await queue.close();
    },
  };
}
