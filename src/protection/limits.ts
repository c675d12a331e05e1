import { SENDS } from './limits/sends.ts';
import { TRIES } from './limits/tries.ts';
import { WORK } from './limits/work.ts';

export type { Limit } from './limits/limit.ts';

/** Every limit there is: docs/limits.md is printed from it, and tested from it. The counting is an adapter's. */
export const LIMITS = { ...TRIES, ...SENDS, ...WORK } as const;

export type LimitName = keyof typeof LIMITS;

export interface Taken {
  /** With this one. */
  readonly used: number;
  readonly left: number;
}

/** Counts under keyed hashes; the keys given here are in clear. */
export interface Limits {
  /**
   * Counts one try before it is made; `points`: one that weighs more. One that is refused does not count.
   * @throws {UserError} `too-many-tries` with `retryAfter` in seconds.
   */
  take(name: LimitName, key: string, points?: number): Promise<Taken>;
  /** What was taken does not count: it succeeded, or was not done. */
  giveBack(name: LimitName, key: string, times?: number): Promise<void>;
  /** A success that makes earlier failures moot; only where none of them can be somebody else's. */
  forget(name: LimitName, key: string): Promise<void>;
}

/** What the help desk takes back: the counters of a person's sign-in, by account. */
const LOCKS = [
  'day-strangers',
  'day-one-factor',
  'day-known',
  'password-account',
  'password-proven',
  'recovery-codes',
  'recovery-codes-proven',
  'recovery-seconds',
  'sends-account',
  'sends-proven',
  'sends-known-account',
  'sends-recovery',
  'sends-recovery-proven',
  'sends-recovery-sms',
] as const satisfies readonly LimitName[];

export async function unlock(limits: Limits, accountId: string): Promise<void> {
  await Promise.all(LOCKS.map((name) => limits.forget(name, accountId)));
}
