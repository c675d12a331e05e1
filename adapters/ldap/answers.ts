import { DirectoryDown, type DirectoryRefusal } from '../../src/structures/directory.ts';

/** LDAP result codes (RFC 4511 appendix A). */
const INVALID_CREDENTIALS = 49;
const CONSTRAINT_VIOLATION = 19;
const UNWILLING = 53;

/** Active Directory's own code, in hexadecimal, behind `data` in the text of an answer 49. */
const AD_CODES: Readonly<Record<string, DirectoryRefusal>> = {
  '525': 'wrong',
  '52e': 'wrong',
  '530': 'not-now',
  '531': 'not-now',
  '532': 'password-expired',
  '533': 'disabled',
  '701': 'disabled',
  '773': 'must-change',
  '775': 'locked',
};

/** What other directories say in words. */
const WORDS: readonly (readonly [RegExp, DirectoryRefusal])[] = [
  [/password.*(?:must|should) be (?:changed|reset)|must change/i, 'must-change'],
  [/password.*expired/i, 'password-expired'],
  [/retry limit|locked/i, 'locked'],
  [/inactivated|disabled|deactivated/i, 'disabled'],
];

const codeOf = (error: unknown): number | undefined => {
  const { code } = error as { code?: unknown };
  return typeof code === 'number' ? code : undefined;
};

/** What the refusal of a person's bind means; undefined: it is no refusal of the person. */
export function refusalOf(error: unknown): DirectoryRefusal | undefined {
  const code = codeOf(error);
  if (code !== INVALID_CREDENTIALS && code !== CONSTRAINT_VIOLATION && code !== UNWILLING) return undefined;
  const { message } = error as Error;
  const ad = /\bdata ([0-9a-f]{3})\b/i.exec(message)?.[1]?.toLowerCase();
  if (ad !== undefined && ad in AD_CODES) return AD_CODES[ad];
  const worded = WORDS.find(([pattern]) => pattern.test(message))?.[1];
  return worded ?? (code === INVALID_CREDENTIALS ? 'wrong' : undefined);
}

/** An LDAP answer that is an error is the directory's word; anything else means that it did not answer. */
export const isAnswer = (error: unknown): boolean => codeOf(error) !== undefined;

/** The words of an LDAP error, without what a server may quote of an entry. */
export const saidBy = (error: unknown): string => {
  const { name, message } = error as Error;
  return isAnswer(error) ? `${name} (${codeOf(error)})` : (message.split('\n')[0] ?? name);
};

export function downBecause(error: unknown): DirectoryDown {
  if (error instanceof DirectoryDown) return error;
  return new DirectoryDown(isAnswer(error) ? 'misconfigured' : 'unreachable', saidBy(error), error);
}
