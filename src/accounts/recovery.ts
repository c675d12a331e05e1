import { z } from 'zod';
import { BESIDE } from '../assurance/mailbox.ts';

/** Where somebody who forgot their password stands. */
const ground = { challengeId: z.uuid(), accountId: z.uuid().optional() };
export const recoveryState = z.discriminatedUnion('step', [
  /** The code was sent, or would have been. */
  z.object({ step: z.literal('code'), ...ground, typed: z.string() }),
  /** The mail is theirs; the account has a second factor. */
  z.object({ step: z.literal('second'), accountId: z.uuid(), smsChallengeId: z.uuid().optional() }),
  /** `beside`: what was given beside the mail. */
  z.object({ step: z.literal('password'), accountId: z.uuid(), beside: z.enum(BESIDE).optional() }),
]);
export type RecoveryState = z.infer<typeof recoveryState>;

export interface StoredRecovery {
  readonly state: RecoveryState;
  readonly version: number;
  readonly begunAt: Date;
}

/** The queries of recoveries; implemented on PostgreSQL in adapters/db/recoveries.ts. Tokens come in clear and stand hashed. */
export interface Recoveries {
  insert(token: string, state: RecoveryState, begunAt: Date, expiresAt: Date): Promise<void>;
  find(token: string, now: Date): Promise<StoredRecovery | undefined>;
  /** Compare-and-set on the version. */
  move(token: string, from: number, state: RecoveryState): Promise<boolean>;
  /** True once. */
  end(token: string, from: number): Promise<boolean>;
}
