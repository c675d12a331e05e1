import { DirectoryDown } from '../../src/structures/directory.ts';
import type { Answer, Bar, DirectoryRefusal } from '../../src/structures/reading.ts';
import { POLICY_ANSWERS } from './password-policy.ts';

/** What one answer to a bind means; `ill`: it says nothing of the person, and another server may know better. */
export type Meaning = Omit<Answer, 'sent'> | 'ill';

const right = (refusal: DirectoryRefusal, bar?: Bar): Meaning => ({ password: 'right', refusal, ...(bar && { bar }) });
const unjudged = (refusal: DirectoryRefusal, bar?: Bar): Meaning => ({
  password: 'not-judged',
  refusal,
  ...(bar && { bar }),
});
const WRONG: Meaning = { password: 'wrong', refusal: 'wrong' };
/** An answer that no directory gives to a password: it is about this one person, and nobody else hears of it. */
const ODD = unjudged('unclear');

/**
 * Active Directory's own code, in hexadecimal, behind `data` in the text of an answer 49 (MS-ERREF §2.2). It tells 52f to 773
 * to the right password alone.
 */
export const AD_ANSWERS: Readonly<Record<string, Meaning>> = {
  '525': WRONG,
  '52e': WRONG,
  '52f': right('not-here'),
  '530': right('not-now'),
  '531': right('not-here'),
  '532': right('password-expired'),
  '533': right('disabled', 'disabled'),
  '568': right('unclear'),
  '569': right('not-here'),
  '701': right('disabled', 'expired'),
  '773': right('must-change'),
  '775': unjudged('locked'),
};

/** What others say in words, 389 Directory Server above all. */
export const WORDED_ANSWERS: readonly (readonly [RegExp, Meaning])[] = [
  [/password.*(?:must|should) be (?:changed|reset)|must change/i, right('must-change')],
  [/password.*expired/i, right('password-expired')],
  [/retry limit|locked/i, unjudged('locked')],
  [/inactivated|disabled|deactivated/i, unjudged('disabled', 'disabled')],
];

/** LDAP result codes (RFC 4511 appendix A), as answers to a bind; any other one is odd. */
export const CODE_ANSWERS: Readonly<Record<number, Meaning>> = {
  /** operationsError, protocolError, timeLimitExceeded: about the server. */
  1: 'ill',
  2: 'ill',
  3: 'ill',
  /** authMethodNotSupported, strongerAuthRequired, adminLimitExceeded, confidentialityRequired: of everybody's. */
  7: 'ill',
  8: 'ill',
  11: 'ill',
  13: 'ill',
  /** noSuchObject: gone since it was found. inappropriateAuthentication: an entry without a password. */
  32: unjudged('wrong'),
  48: unjudged('wrong'),
  /** invalidCredentials */
  49: WRONG,
  /** busy, unavailable, other */
  51: 'ill',
  52: 'ill',
  80: 'ill',
};

/** constraintViolation, invalidCredentials, unwillingToPerform: what directories word their refusals with. */
const WORDED_CODES = [19, 49, 53];

const codeOf = (error: unknown): number | undefined => {
  const { code } = error as { code?: unknown };
  return typeof code === 'number' ? code : undefined;
};

/** An LDAP answer that is an error is the directory's word; anything else means that it did not answer. */
export const isAnswer = (error: unknown): boolean => codeOf(error) !== undefined;

/**
 * What an error of a bind means.
 * @param policy what the directory said beside it: see password-policy.ts
 */
export function meaningOf(error: unknown, policy?: number): Meaning {
  const code = codeOf(error);
  if (code === undefined) return 'ill';
  if (WORDED_CODES.includes(code)) {
    const said = policy === undefined ? undefined : POLICY_ANSWERS[policy];
    if (said) return said;
    const { message } = error as Error;
    const data = /\bdata ([0-9a-f]{3})\b/i.exec(message)?.[1]?.toLowerCase() ?? '';
    const known = AD_ANSWERS[data] ?? WORDED_ANSWERS.find(([pattern]) => pattern.test(message))?.[1];
    if (known) return known;
  }
  return CODE_ANSWERS[code] ?? ODD;
}

/** Whether another server may answer a search that this one did not. */
export const isIll = (error: unknown): boolean => {
  const code = codeOf(error);
  return code === undefined || [1, 3, 11, 51, 52, 80].includes(code);
};

/** More than `sizeLimit` entries. */
export const isTooMany = (error: unknown): boolean => codeOf(error) === 4;

/** The words of an LDAP error, without what a server may quote of an entry. */
export const saidBy = (error: unknown): string => {
  const { name, message } = error as Error;
  return isAnswer(error) ? `${name} (${codeOf(error)})` : (message.split('\n')[0] ?? name);
};

export function downBecause(error: unknown): DirectoryDown {
  if (error instanceof DirectoryDown) return error;
  const reason = isIll(error) ? 'unreachable' : 'misconfigured';
  return new DirectoryDown(reason, saidBy(error), error);
}
