import { Counter, type Registry } from 'prom-client';
import type { Storage } from '../storage.ts';
import { meaningOf, type Reason } from './answers.ts';
import { markPhoneRefused } from './remembering.ts';

export interface SentSms {
  readonly challengeId: string;
  readonly counter: number;
  readonly sentAt: Date;
  readonly reached: boolean;
}

/** Under which names providers know our messages; implemented on PostgreSQL in adapters/db/sms-messages.ts. */
export interface SmsMessages {
  sent(message: {
    readonly provider: string;
    readonly messageId: string;
    readonly challengeId: string;
    readonly counter: number;
    readonly at: Date;
  }): Promise<void>;
  byId(provider: string, messageId: string): Promise<SentSms | undefined>;
  /** @returns false when it was known */
  markReached(provider: string, messageId: string): Promise<boolean>;
}

/** What a provider's word for a state means: the phone has it, nothing yet, or why it never will. */
export type ReceiptState = 'reached' | 'unknown' | Reason;

export interface Receipt {
  readonly messageId: string;
  readonly state: ReceiptState;
}

/**
 * What a receipt came to: the phone has the message; its number is kept as dead, which was known or not; only this message
 * did not arrive; nothing is said yet; nobody knows the message; it came without proof of whom it is from.
 */
export const RECEIPTS = ['reached', 'refused', 'known', 'passing', 'unknown', 'not ours', 'unproven'] as const;
export type Received = (typeof RECEIPTS)[number];

export interface ReceiptMetrics {
  taken(provider: string, outcome: Received): void;
}

export function createReceiptMetrics(registry: Registry, providers: readonly string[]): ReceiptMetrics {
  const receipts = new Counter({
    name: 'mire_sms_receipts_total',
    help: 'Receipts of SMS providers, by what they came to',
    labelNames: ['provider', 'outcome'],
    registers: [registry],
  });
  // From the beginning: an alarm looks at the rise of each.
  for (const provider of providers) for (const outcome of RECEIPTS) receipts.inc({ provider, outcome }, 0);
  return { taken: (provider, outcome) => receipts.inc({ provider, outcome }) };
}

/**
 * Keeps what one receipt says. In whatever order receipts come, and however often: a message that arrived stays so, and one
 * that did not says nothing of a phone that was reached after it was sent.
 */
export const takeReceipt = (
  storage: Pick<Storage, 'transaction'>,
  provider: string,
  { messageId, state }: Receipt,
): Promise<Received> =>
  storage.transaction(async (tx) => {
    const message = await tx.smsMessages.byId(provider, messageId);
    const challenge = message && (await tx.challenges.byId(message.challengeId));
    if (!challenge) return 'not ours';
    if (state === 'unknown') return 'unknown';
    const { accountId, destination: to } = challenge;
    const { challengeId, counter, sentAt, reached } = message;
    if (state === 'reached') {
      if (!(await tx.smsMessages.markReached(provider, messageId))) return 'known';
      await tx.challenges.markReturned(challengeId, counter, undefined);
      if (accountId !== undefined) await tx.lifecycles.phoneReached(accountId, to, sentAt);
      return 'reached';
    }
    if (reached) return 'known';
    await tx.challenges.markReturned(challengeId, counter, state);
    if (accountId === undefined || !meaningOf(state).remembered) return 'passing';
    return (await markPhoneRefused(tx, { accountId, to }, sentAt)) ? 'refused' : 'known';
  });
