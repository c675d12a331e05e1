/**
 * How often something may fail before it must wait. Data; the counting is an adapter's. A success gives back what it
 * took, so only failures count. Every limit is multiplied by RATE_LIMIT_FACTOR.
 */
export interface Limit {
  readonly points: number;
  readonly seconds: number;
  /** Used up by successes too, and multiplied by nothing. */
  readonly quota?: true;
  /** Seconds: each time within a day that the limit is reached, the wait doubles, up to this. */
  readonly growsTo?: number;
  /** Counted by each process for itself, which costs no round trip: for what every request would pay. */
  readonly local?: true;
}

export const LIMITS = {
  /** Wrong passwords of one identifier, however it is spelled, from all browsers that never signed it in. */
  'password-account': { points: 5, seconds: 5 * 60, growsTo: 60 * 60 },
  /** The same, from one browser that has. */
  'password-known': { points: 10, seconds: 10 * 60, growsTo: 60 * 60 },
  /** The same, of who is over the first limit and proved to be human each time. */
  'password-proven': { points: 5, seconds: 5 * 60, growsTo: 60 * 60 },
  /** Wrong passwords and codes from one address (IPv6: its /64): a hospital shares one. */
  'password-address': { points: 30, seconds: 5 * 60 },
  /** Codes sent to one account. */
  'sends-account': { points: 10, seconds: 24 * 60 * 60 },
  /** Codes sent to one address or number that is no account's, or not yet its own. */
  'sends-destination': { points: 10, seconds: 24 * 60 * 60 },
  /** SMS to one number, successes too: each costs money. */
  'sms-number': { points: 20, seconds: 24 * 60 * 60 },
  /** SMS of a day in all: SMS_BUDGET_DAY. */
  'sms-day': { points: 5000, seconds: 24 * 60 * 60, quota: true },
  'sends-address': { points: 60, seconds: 60 * 60 },
  /** Wrong codes of one account, over all its challenges: keeps the guess chance of a day below 2·10⁻⁵. */
  'codes-account': { points: 15, seconds: 24 * 60 * 60 },
  /** The same, from one browser that signed it in before. */
  'codes-known': { points: 15, seconds: 24 * 60 * 60 },
  /** The same for an address or number that is no account's. */
  'codes-destination': { points: 15, seconds: 24 * 60 * 60 },
  /** Requests of browsers for a desktop's approval, from one address. */
  'desktop-asked-address': { points: 120, seconds: 5 * 60 },
  /** Requests that one device, and one person, opened and did not approve: wrong codes too. */
  'desktop-opened-device': { points: 20, seconds: 5 * 60 },
  'desktop-opened-account': { points: 40, seconds: 60 * 60 },
  /** Wrong numbers of one person: one of three would be right by chance. */
  'desktop-numbers-account': { points: 3, seconds: 60 * 60 },
  /** Requests without a browser that one person did not approve. */
  'desktop-ciba-account': { points: 5, seconds: 10 * 60 },
  /** One proof of work opens one form: see adapters/captcha/altcha.ts. */
  'captcha-solution': { points: 1, seconds: 60 * 60, quota: true },
  /** First sign-ins from one address that no captcha was solved for. */
  'sign-ups-unproven': { points: 5, seconds: 60 * 60 },
  /** Identifiers asked for that somebody has, in one first sign-in: an identifier is public, a list of them is not. */
  'logins-tried': { points: 10, seconds: 60 * 60 },
  /** Registrations with one initial access token: a quota, which a success uses up and no factor changes. */
  'registrations-token': { points: 100, seconds: 24 * 60 * 60, quota: true },
  /** Applications that one integrator makes: a quota too. */
  'integrator-clients': { points: 20, seconds: 24 * 60 * 60, quota: true },
  /** What anybody may begin without saying who they are, from one address, in kB: five requests a second for a whole hospital. */
  'begun-address': { points: 3000, seconds: 10 * 60, local: true },
  /** The same, by one browser that signed somebody in before, or in which somebody is signed in. */
  'begun-browser': { points: 300, seconds: 10 * 60, local: true },
  /** Audit lines about nobody that one address caused; the metric counts the rest. */
  'lines-address': { points: 300, seconds: 60 * 60, local: true },
} as const satisfies Record<string, Limit>;

export type LimitName = keyof typeof LIMITS;

/** Counts under keyed hashes; the keys given here are in clear. */
export interface Limits {
  /** Counts one try before it is made; `points`: one that weighs more. @throws {UserError} `too-many-tries` with `retryAfter` in seconds. */
  take(name: LimitName, key: string, points?: number): Promise<void>;
  /** The try succeeded: it does not count. */
  giveBack(name: LimitName, key: string): Promise<void>;
  /** A success that makes earlier failures moot. */
  forget(name: LimitName, key: string): Promise<void>;
}
