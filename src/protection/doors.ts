import type { LimitName } from './limits.ts';

/** Which limits stand before one thing that may be tried or sent, by who asks. */
export interface Door {
  /** Of a browser that proved two factors. Without: no browser has one of its own here. */
  readonly known?: LimitName;
  /** Of a browser that proved the password, and nothing but a password is asked for. */
  readonly seen?: LimitName;
  /** Of everybody else, by account and by address. */
  readonly strangers?: LimitName;
  readonly address?: LimitName;
  /** Of a stranger over those who solved a captcha. */
  readonly proven?: LimitName;
  /** By account, beside each. */
  readonly beside?: { readonly known?: LimitName; readonly seen?: LimitName; readonly strangers?: LimitName };
}

const DAY_OF_STRANGERS = { known: 'day-known', strangers: 'day-strangers' } as const;
const DAY_OF_ONE_FACTOR = { known: 'day-known', strangers: 'day-one-factor' } as const;
const BESIDE_SENDS = { known: 'sends-known-account' } as const;

export const DOORS = {
  password: {
    known: 'password-known',
    seen: 'password-seen',
    strangers: 'password-account',
    address: 'password-address',
    proven: 'password-proven',
    beside: { ...DAY_OF_STRANGERS, seen: 'day-one-factor' },
  },
  /** What a structure's directory knows; by login it counts itself, and so do we: src/structures/password-check.ts. */
  'local-password': {
    known: 'local-known',
    address: 'local-address',
    proven: 'local-proven',
    beside: DAY_OF_STRANGERS,
  },
  'second-factor': { known: 'codes-known', beside: DAY_OF_ONE_FACTOR },
  'recovery-code': {
    known: 'recovery-codes-known',
    strangers: 'recovery-codes',
    proven: 'recovery-codes-proven',
    beside: { known: 'day-known' },
  },
  /** Once the mailbox is shown. */
  'recovery-second-factor': {
    known: 'recovery-codes-known',
    strangers: 'recovery-seconds',
    beside: DAY_OF_ONE_FACTOR,
  },
  'own-code': { strangers: 'codes-own' },
  'sign-up-code': { strangers: 'codes-sign-up' },
  'sign-in-send': { known: 'sends-known', strangers: 'sends-account', proven: 'sends-proven', beside: BESIDE_SENDS },
  'recovery-send': {
    known: 'sends-recovery-known',
    strangers: 'sends-recovery',
    address: 'sends-recovery-address',
    proven: 'sends-recovery-proven',
    beside: BESIDE_SENDS,
  },
  'recovery-second-send': {
    known: 'sends-recovery-known',
    strangers: 'sends-recovery-sms',
    beside: BESIDE_SENDS,
  },
  'own-send': { strangers: 'sends-own' },
  'sign-up-send': { strangers: 'sends-sign-up', address: 'sends-sign-up-address' },
} as const satisfies Record<string, Door>;

export type DoorName = keyof typeof DOORS;
