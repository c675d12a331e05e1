import type { Channel } from '../accounts/account.ts';
import type { Reason } from '../delivery/answers.ts';
import type { Whence } from '../delivery/whence.ts';

/** What a code is for: each has its own words in the message and its own audit lines. */
export const PURPOSES = ['sign-in', 'verify-mail', 'verify-phone', 'recovery'] as const;
export type Purpose = (typeof PURPOSES)[number];

/** What its message says of how it was asked for. */
export interface Asked extends Whence {
  readonly application: string | undefined;
  readonly zone: string;
}

/** One ephemeral code: where it goes, until when, how many tries are left. The code itself is nowhere. */
export interface Challenge {
  readonly id: string;
  /** Nobody's when the address belongs to no account yet. */
  readonly accountId: string | undefined;
  readonly purpose: Purpose;
  /** Nothing is sent and no code is right; the page does not tell. */
  readonly decoy: boolean;
  readonly channel: Channel;
  /** Mail address or E.164 number. */
  readonly destination: string;
  readonly locale: string;
  /** How many codes were sent so far; also the HOTP counter of the last one. */
  readonly counter: number;
  /** The counter of the last code a provider accepted. */
  readonly handedOver: number;
  /** Why the last code has not left, or did not arrive; undefined: nothing stands in its way, or it is gone. */
  readonly trouble?: Reason | undefined;
  readonly attempts: number;
  readonly sentAt: Date | undefined;
  readonly expiresAt: Date | undefined;
  readonly consumedAt: Date | undefined;
  /** Unknown of those that were written before this was kept. */
  readonly asked?: Asked | undefined;
  /** Of its account (see src/accounts/since.ts); of one that is not active none: it is refused for that, further on. */
  readonly proofsSince?: Date | undefined;
}

/** A HOTP seed (RFC 4226), base32 as otplib wants it. */
export type Seed = string;

/** The queries of this room; implemented on PostgreSQL in adapters/db/challenges.ts. */
export interface Challenges {
  insert(
    challenge: Pick<Challenge, 'id' | 'channel' | 'destination' | 'locale'> &
      Partial<Pick<Challenge, 'accountId' | 'purpose' | 'decoy' | 'asked'>> & { flow: string; seed: Seed },
  ): Promise<void>;
  byId(id: string): Promise<Challenge | undefined>;
  /** How many codes this interaction sent, over all its challenges. */
  sendsOfFlow(flow: string): Promise<number>;
  /**
   * Moves to the next code: counter + 1, tries reset, a new end. Only if the last send is older than `notSince` and the
   * challenge is not consumed. @returns the new counter, or undefined when refused.
   */
  nextCode(id: string, sentAt: Date, expiresAt: Date, notSince: Date): Promise<number | undefined>;
  /**
   * Counts one try before anything is compared, so that parallel tries cannot exceed the limit.
   * @returns what to compare with, or undefined when no try is left, or the code is consumed or expired.
   */
  takeTry(id: string, tries: number, now: Date): Promise<{ seed: Seed; counter: number } | undefined>;
  /** Compare-and-set: true for one caller only. */
  consume(id: string, counter: number, now: Date): Promise<boolean>;
  /** What the worker needs to compute a code; undefined when the challenge is gone. */
  seedOf(id: string): Promise<Seed | undefined>;
  markHandedOver(id: string, counter: number): Promise<void>;
  /** Of the last code alone, after it left and until it is used: why it never arrives; undefined: it does after all. */
  markReturned(id: string, counter: number, reason: Reason | undefined): Promise<void>;
  /** Of the last code alone, while it has not left. */
  markTrouble(id: string, counter: number, reason: Reason): Promise<void>;
}
