import type { Seed } from '../challenges/challenge.ts';

/** An authenticator application (RFC 6238); the seed leaves the vault only to be compared with, or to be drawn once. */
export interface Authenticator {
  readonly id: string;
  readonly accountId: string;
  readonly createdAt: Date;
  readonly confirmedAt: Date | undefined;
  /** Asked for first, in place of a mail or an SMS. */
  readonly preferred: boolean;
}

/** The queries of authenticators; implemented on PostgreSQL in adapters/db/authenticators.ts. */
export interface Authenticators {
  /** The one that counts. */
  of(accountId: string): Promise<Authenticator | undefined>;
  byId(accountId: string, id: string): Promise<Authenticator | undefined>;
  /** One that waits for its first code. */
  insert(authenticator: { id: string; accountId: string; seed: Seed; at: Date }): Promise<void>;
  seedOf(id: string): Promise<Seed | undefined>;
  /** Compare-and-set: a code of this period or of an earlier one is not accepted again. */
  takeStep(id: string, step: number): Promise<boolean>;
  /** @returns false when another one counts already, or it is gone */
  confirm(accountId: string, id: string, at: Date): Promise<boolean>;
  prefer(accountId: string, preferred: boolean): Promise<void>;
  /** @returns the one removed */
  remove(accountId: string, at: Date): Promise<string | undefined>;
  /** In place of whichever counts now. */
  restore(accountId: string, id: string, at: Date): Promise<boolean>;
}
