import { DAY, HOUR, type Limit, MINUTE } from './limit.ts';

/** RIE v1, EXI 25: tries of one account in a day, whatever is tried and whoever tries. */
export const DAY_OF_ONE_ACCOUNT = 25;

const strangers = 'browsers that the account never signed in with';
const known = 'a browser that proved two factors';

/**
 * Secrets that may be guessed. The day of an account is shared out by what somebody has shown already, so that nobody
 * spends what belongs to who showed more: a stranger's passwords use up neither the way back from a forgotten one nor the
 * owner's second factor, and who holds the password never reaches the browsers in which two factors were proved.
 */
export const TRIES = {
  'day-strangers': {
    who: strangers,
    what: 'passwords that are wrong, a structure’s too, with or without a captcha',
    by: 'account',
    points: 10,
    seconds: DAY,
    over: 'wait',
    told: 'owner',
  },
  'day-one-factor': {
    who: 'who has shown one factor: the password, or the mailbox of a forgotten one',
    what: 'second factors that are wrong, and passwords in a browser that knew one before',
    by: 'account',
    points: 5,
    seconds: DAY,
    over: 'wait',
    told: 'owner',
  },
  'day-known': {
    who: 'the browsers that proved two factors',
    what: 'secrets that are wrong, whichever they are',
    by: 'account',
    points: 6,
    seconds: DAY,
    over: 'wait',
    told: 'owner',
  },
  'password-account': {
    who: strangers,
    what: 'wrong passwords',
    by: 'account',
    points: 5,
    seconds: 5 * MINUTE,
    growsTo: HOUR,
    over: 'captcha',
  },
  'password-proven': {
    who: 'the same, over that limit, each try with a captcha',
    what: 'wrong passwords',
    by: 'account',
    points: 5,
    seconds: 5 * MINUTE,
    growsTo: HOUR,
    over: 'wait',
  },
  'password-address': {
    who: strangers,
    what: 'wrong passwords, whosever',
    by: 'address',
    points: 30,
    seconds: 5 * MINUTE,
    over: 'captcha',
  },
  'password-seen': {
    who: 'a browser that signed in by the password alone',
    what: 'wrong passwords',
    by: 'browser',
    points: 5,
    seconds: 5 * MINUTE,
    growsTo: HOUR,
    over: 'wait',
  },
  'password-known': {
    who: known,
    what: 'wrong passwords',
    by: 'browser',
    points: 5,
    seconds: 5 * MINUTE,
    growsTo: HOUR,
    over: 'wait',
  },
  'local-address': {
    who: strangers,
    what: 'wrong passwords of Compte local, whosever',
    by: 'address',
    points: 30,
    seconds: 5 * MINUTE,
    over: 'captcha',
  },
  'local-proven': {
    who: 'the same, over that limit, each try with a captcha',
    what: 'wrong passwords of Compte local',
    by: 'account',
    points: 5,
    seconds: 5 * MINUTE,
    over: 'wait',
  },
  'local-known': {
    who: known,
    what: 'wrong passwords of Compte local',
    by: 'browser',
    points: 5,
    seconds: 5 * MINUTE,
    over: 'wait',
  },
  'codes-known': {
    who: known,
    what: 'wrong second factors: codes sent, of an application, on paper',
    by: 'browser',
    points: 5,
    seconds: DAY,
    over: 'wait',
  },
  'recovery-codes': {
    who: strangers,
    what: 'wrong codes of a forgotten password',
    by: 'account',
    points: 2,
    seconds: DAY,
    over: 'captcha',
  },
  'recovery-codes-proven': {
    who: 'the same, over that limit, each try with a captcha',
    what: 'wrong codes of a forgotten password',
    by: 'account',
    points: 2,
    seconds: DAY,
    over: 'wait',
    told: 'owner',
  },
  'recovery-codes-known': {
    who: known,
    what: 'wrong codes of a forgotten password',
    by: 'browser',
    points: 5,
    seconds: DAY,
    over: 'wait',
  },
  'recovery-seconds': {
    who: 'who has shown the mailbox of a forgotten password',
    what: 'wrong second factors',
    by: 'account',
    points: 3,
    seconds: DAY,
    over: 'wait',
  },
  'codes-own': {
    who: 'who is signed in',
    what: 'wrong codes of a new mail, phone or application of their own',
    by: 'account',
    points: 15,
    seconds: DAY,
    over: 'wait',
  },
  'codes-sign-up': {
    who: 'a first sign-in',
    what: 'wrong codes of a mail or phone',
    by: 'destination',
    points: 15,
    seconds: DAY,
    over: 'wait',
  },
  'undo-address': {
    who: 'anybody',
    what: 'wrong codes of a change to undo',
    by: 'address',
    points: 30,
    seconds: 5 * MINUTE,
    over: 'wait',
  },
} as const satisfies Record<string, Limit>;

/** The limits that no try of a secret gets round, whose numbers are the law's together: a test adds them up. */
export const ALL_OF_A_DAY = [
  'day-strangers',
  'recovery-codes',
  'recovery-codes-proven',
  'day-one-factor',
  'day-known',
] as const satisfies readonly (keyof typeof TRIES)[];
