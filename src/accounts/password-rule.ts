import { PASSWORD_MAX } from './passwords.ts';

/** Why a new password is refused; each has its sentence (`password-rule.<flaw>`). */
export type PasswordFlaw = 'too-short' | 'too-long' | 'like-you' | 'guessable' | 'leaked';

export const PASSWORD_LEAST = 12;

/** Passwords that were stolen somewhere and published. */
export interface LeakedPasswords {
  has(password: string): Promise<boolean>;
}

/** The one rule for a new password, wherever it is chosen. */
export interface PasswordRule {
  /**
   * @param about what it must not be like: identifier, names, mail
   * @param whose session, recovery or first sign-in: it may have so many judged
   * @throws {UserError} `too-many-tries`
   */
  judge(password: string, about: readonly (string | undefined)[], whose: string): Promise<PasswordFlaw | undefined>;
}

/**
 * Below this many bits a password needs more than our limits on tries (CNIL, deliberation 2022-100: 50 bits where access
 * is restricted), counted as the CNIL does, by alphabet and length. No composition rule: a long phrase passes.
 */
const BITS = 50;
/** Ten thousand million guesses of who knows how people choose. */
const SCORE = 4;
/** What must be left once identifier and names are taken away. */
const OWN = 8;
/** The estimate costs more the longer the text is, and nothing beyond this is easy to guess for being longer. */
const ESTIMATED = 100;

const ALPHABETS: readonly (readonly [RegExp, number])[] = [
  [/[a-z]/, 26],
  [/[A-Z]/, 26],
  [/[0-9]/, 10],
  [/[^a-zA-Z0-9]/, 37],
];

function bitsOf(password: string): number {
  const size = ALPHABETS.reduce((sum, [pattern, count]) => sum + (pattern.test(password) ? count : 0), 0);
  return [...password].length * Math.log2(size);
}

const folded = (text: string) =>
  text
    .normalize('NFKD')
    .replace(/[^\p{L}\p{N}]/gu, '')
    .toLowerCase();

function isLike(password: string, about: readonly string[]): boolean {
  const words = about.flatMap((text) => [text, ...text.split(/[\s@.'’_-]+/)].map(folded)).filter((w) => w.length >= 3);
  const rest = [...new Set(words)]
    .sort((a, b) => b.length - a.length)
    .reduce((left, word) => left.replaceAll(word, ''), folded(password));
  return rest !== folded(password) && rest.length < OWN;
}

/** Dictionaries of what people choose: some thirty megabytes of memory, opened by the first who chooses a password. */
async function openDictionaries() {
  const [{ ZxcvbnFactory }, common, french] = await Promise.all([
    import('@zxcvbn-ts/core'),
    import('@zxcvbn-ts/language-common'),
    import('@zxcvbn-ts/language-fr'),
  ]);
  const shipped: readonly (string | number)[] = common.dictionary['passwords-common'] ?? [];
  return {
    known: new Set(shipped.map((word) => String(word).toLowerCase())),
    estimator: new ZxcvbnFactory({
      dictionary: { ...common.dictionary, ...french.dictionary },
      graphs: common.adjacencyGraphs,
      maxLength: ESTIMATED,
    }),
  };
}

/** @param count called before the estimate, which takes a tenth of a second of processor: all that is cheap comes first */
export function createPasswordRule(
  leaked?: LeakedPasswords,
  count?: (whose: string) => Promise<unknown>,
): PasswordRule {
  let opened: ReturnType<typeof openDictionaries> | undefined;

  return {
    async judge(password, about, whose) {
      const length = [...password].length;
      if (length < PASSWORD_LEAST) return 'too-short';
      if (password.length > PASSWORD_MAX) return 'too-long';
      const words = about.filter((word): word is string => word !== undefined && word !== '');
      if (isLike(password, words)) return 'like-you';
      opened ??= openDictionaries();
      const { known, estimator } = await opened;
      if (known.has(password.toLowerCase()) || (await leaked?.has(password))) return 'leaked';
      if (bitsOf(password) < BITS) return 'guessable';
      await count?.(whose);
      return estimator.check(password, words).score < SCORE ? 'guessable' : undefined;
    },
  };
}
