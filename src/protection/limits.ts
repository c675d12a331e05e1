/**
 * How often something may fail before it must wait. Data; the counting is an adapter's. A success gives back what it
 * took, so only failures count. Every limit is multiplied by RATE_LIMIT_FACTOR.
 */
export const LIMITS = {
  /** Wrong passwords of one identifier, whoever types them and however it is spelled. */
  'password-account': { points: 5, seconds: 5 * 60 },
  /** Wrong passwords and codes from one address (IPv6: its /64): a hospital shares one. */
  'password-address': { points: 30, seconds: 5 * 60 },
  /** Codes sent to one account. */
  'sends-account': { points: 10, seconds: 24 * 60 * 60 },
  /** Codes sent to one address or number that is no account's, or not yet its own. */
  'sends-destination': { points: 10, seconds: 24 * 60 * 60 },
  'sends-address': { points: 60, seconds: 60 * 60 },
  /** Wrong codes of one account, over all its challenges: keeps the guess chance of a day below 2·10⁻⁵. */
  'codes-account': { points: 15, seconds: 24 * 60 * 60 },
  /** The same for an address or number that is no account's. */
  'codes-destination': { points: 15, seconds: 24 * 60 * 60 },
  /** Registrations with one initial access token: a quota, which a success uses up and no factor changes. */
  'registrations-token': { points: 100, seconds: 24 * 60 * 60, quota: true },
} as const satisfies Record<string, { points: number; seconds: number; quota?: true }>;

export type LimitName = keyof typeof LIMITS;

/** Counts under keyed hashes; the keys given here are in clear. */
export interface Limits {
  /** Counts one try before it is made. @throws {UserError} `too-many-tries` with `retryAfter` in seconds. */
  take(name: LimitName, key: string): Promise<void>;
  /** The try succeeded: it does not count. */
  giveBack(name: LimitName, key: string): Promise<void>;
  /** A success that makes earlier failures moot. */
  forget(name: LimitName, key: string): Promise<void>;
}
