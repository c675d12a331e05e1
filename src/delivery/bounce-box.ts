import { Counter, Gauge, type Registry } from 'prom-client';
import { z } from 'zod';
import type { MailAddress } from '../../config/mail-address.ts';
import type { Log } from '../log.ts';
import { BOUNCES, type BounceParts, type Taken, takeBounce } from './bounces.ts';
import type { JobKind } from './jobs.ts';

/** A report is short; what is longer brings the letter along, after what is read. */
export const LONGEST_BOUNCE = 256 * 1024;
/** What is read in one round: whoever fills the mailbox holds up the next round, and nothing else. */
export const BOUNCES_AT_ONCE = 500;

/** One mail of the mailbox, of which no more than `LONGEST_BOUNCE` was read. */
export interface Returned {
  readonly text: string;
  readonly at: Date;
}

/** The mailbox that reports come to; implemented by adapters/mail/imap.ts. */
export interface BounceBox {
  /**
   * Hands over what nobody has read yet, the oldest first. What is `done` is marked as read; what is `left` stays unread
   * and flagged, for a person to look at, and is not handed over again. What throws stays as it was.
   * @returns how many lie there flagged
   */
  read(most: number, take: (mail: Returned) => Promise<'done' | 'left'>): Promise<number>;
}

export interface BounceMetrics {
  taken(outcome: Taken): void;
  /** A round came to its end. */
  ended(left: number, at: Date): void;
}

export function createBounceMetrics(registry: Registry): BounceMetrics {
  const registers = [registry];
  const reports = new Counter({
    name: 'mire_bounces_total',
    help: 'Reports read in the mailbox of MAIL_BOUNCES_IMAP, by what they said',
    labelNames: ['outcome'],
    registers,
  });
  // From the beginning: an alarm looks at the rise of each.
  for (const outcome of BOUNCES) reports.inc({ outcome }, 0);
  const left = new Gauge({
    name: 'mire_bounces_left',
    help: 'Mails that lie flagged in that mailbox: no reports of ours, for a person to look at',
    registers,
  });
  const read = new Gauge({
    name: 'mire_bounces_read_timestamp_seconds',
    help: 'When that mailbox was last read to its end; 0: never',
    registers,
  });
  return {
    taken: (outcome) => reports.inc({ outcome }),
    ended(count, at) {
      left.set(count);
      read.set(at.getTime() / 1000);
    },
  };
}

export const bounceRound = z.object({ mailbox: z.literal('bounces') });
export type BounceRound = z.infer<typeof bounceRound>;

/** One round at a time, whichever worker does it. What failed is tried at the next round. */
export const BOUNCE_ROUNDS: JobKind<BounceRound> = {
  name: 'bounces',
  schema: bounceRound,
  id: ({ mailbox }) => mailbox,
  pauses: [],
  logged: () => ({}),
};

export interface BounceReading extends BounceParts {
  readonly box: BounceBox;
  readonly returnTo: MailAddress;
  readonly metrics: BounceMetrics;
  readonly log: Pick<Log, 'info'>;
}

/** Reads the mailbox once. Killed in the middle, the next round takes the same report again, and it says nothing new. */
export async function readBounces({ box, returnTo, metrics, log, ...parts }: BounceReading): Promise<void> {
  const taken: Partial<Record<Taken, number>> = {};
  const left = await box.read(BOUNCES_AT_ONCE, async ({ text, at }) => {
    const outcome = await takeBounce(parts, text, returnTo, at);
    metrics.taken(outcome);
    taken[outcome] = (taken[outcome] ?? 0) + 1;
    return outcome === 'not ours' ? 'left' : 'done';
  });
  metrics.ended(left, parts.clock());
  if (Object.keys(taken).length > 0) log.info({ taken, left }, 'reports of what did not arrive were read');
}
