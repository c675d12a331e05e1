/** By what something is counted. */
export const KEYS = {
  account: 'the account; for who has none, what was typed',
  browser: 'the account in one browser',
  address: 'the address (IPv6: its /64)',
  destination: 'the address or number that it goes to',
  flow: 'one sign-in, session or form',
  token: 'the token, proof of work or device',
  all: 'everybody together',
} as const;

/** What happens once it is used up. */
export const ENDS = {
  wait: 'wait',
  captcha: 'a captcha, where a form has one; else wait',
  silence: 'nothing more is sent or written; the rest goes on',
  mail: 'codes go by mail',
} as const;

/** How often something may happen. Every number is multiplied by RATE_LIMIT_FACTOR; what did not fail is given back. */
export interface Limit {
  /** Who can use it up. */
  readonly who: string;
  /** What is counted. */
  readonly what: string;
  readonly by: keyof typeof KEYS;
  readonly points: number;
  readonly seconds: number;
  readonly over: keyof typeof ENDS;
  /** Once a day, when the last point goes. */
  readonly told?: 'owner';
  /** Used up by successes too, and multiplied by nothing. */
  readonly quota?: true;
  /** Seconds: each time within a day that the limit is reached, the wait doubles, up to this. */
  readonly growsTo?: number;
  /** Counted by each process for itself, which costs no round trip: for what every request would pay. */
  readonly local?: true;
}

export const MINUTE = 60;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;
