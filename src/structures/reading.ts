/** Why a directory says that somebody may not sign in at all: disabled, at the end of a contract, or not one of `login_filter`. */
export type Bar = 'disabled' | 'expired' | 'outside';

/** What an entry says of its owner, as far as it may be read. What cannot be read is unknown, and opens nothing. */
export type Standing =
  | { readonly is: 'here' }
  | { readonly is: 'gone' }
  | { readonly is: 'barred'; readonly why: Bar }
  | { readonly is: 'unknown'; readonly why: string };

export const HERE: Standing = { is: 'here' };

/** Why somebody is not let in, as they are told. */
export const DIRECTORY_REFUSALS = [
  'wrong',
  'password-expired',
  'must-change',
  'locked',
  'disabled',
  'not-now',
  'not-here',
  'unclear',
] as const;
export type DirectoryRefusal = (typeof DIRECTORY_REFUSALS)[number];

/** What a directory answers to a person's password. */
export interface Answer {
  readonly password: 'right' | 'wrong' | 'not-judged';
  /** None: it lets the person in. */
  readonly refusal?: DirectoryRefusal;
  /** It says by the way that this person may not sign in at all. */
  readonly bar?: Bar;
  /** How often the password was sent: to another server too, where one was cut off before it answered. */
  readonly sent: number;
}

/** What each part of the service takes from an entry and an answer: the sentence, the guard, the end of sessions. */
export interface Reading {
  readonly password: Answer['password'];
  readonly refusal?: DirectoryRefusal;
  /** The structure vouches for this person no more. */
  readonly leaves?: Bar;
}

/**
 * The one reading of what a directory says of somebody who is there.
 * @param entry undefined: it does not say who it is of
 */
export function readingOf(standing: Standing, { password, refusal, bar }: Answer, entry?: object): Reading {
  const leaves = bar ?? (standing.is === 'barred' ? standing.why : undefined);
  const ending = leaves ? { leaves } : {};
  if (refusal) return { password, refusal, ...ending };
  if (leaves) return { password, refusal: 'disabled', ...ending };
  return standing.is === 'here' && entry ? { password } : { password, refusal: 'unclear' };
}

/** Why what rests on the structure's word ends; undefined: it goes on. */
export const whyLeft = (standing: Standing): 'gone' | Bar | undefined =>
  standing.is === 'gone' ? 'gone' : standing.is === 'barred' ? standing.why : undefined;
