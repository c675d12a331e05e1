import { parsePhoneNumberFromString } from 'libphonenumber-js/max';
import { z } from 'zod';
import { FRENCH_PLAN } from './import.ts';
import { LOGIN_MAX } from './login-key.ts';

/** What people type of themselves, wherever they type it. The messages are the problems of a form (src/http/form.ts). */

/** Latin letters with their accents; a hyphen, an apostrophe, a space or a dot between them. */
const NAME = /^\p{Script=Latin}[\p{Script=Latin}\p{M}]*(?:[ '’.-]{1,2}[\p{Script=Latin}\p{M}]+)*\.?$/u;
export const NAME_MAX = 100;

/** NFKC, with single spaces and one kind of apostrophe: one person, one spelling. */
export const personName = z
  .string()
  .transform((typed) => typed.normalize('NFKC').replace(/\s+/gu, ' ').replace(/[’ʼ]/gu, '’').trim())
  .pipe(z.string().min(1, 'missing').max(NAME_MAX, 'too-long').regex(NAME, 'invalid'));

export const mailAddress = z
  .string()
  .transform((typed) => typed.trim())
  .pipe(z.string().min(1, 'missing').max(LOGIN_MAX, 'too-long').pipe(z.email('invalid')));

export const NEW_LOGIN_MAX = 40;
/**
 * A new identifier is plain letters and digits: no other alphabet that looks the same, and no `@`, so that nobody's mail
 * address can be taken, or asked about, as an identifier.
 */
export const newLogin = z
  .string()
  .transform((typed) => typed.trim())
  .pipe(
    z
      .string()
      .min(1, 'missing')
      .max(NEW_LOGIN_MAX, 'too-long')
      .regex(/^[A-Za-z0-9](?:[A-Za-z0-9._-]{1,}[A-Za-z0-9])$/, 'invalid'),
  );

/** 06 39 98 00 00 to 99 99: kept for fiction by the regulator (ARCEP, decision 2018-0881), so the library knows it not. */
const FICTION = /^(?:\+33|0)63998\d{4}$/;

const MOBILE = new Set(['MOBILE', 'FIXED_LINE_OR_MOBILE']);

/** A number that receives SMS, in E.164. French ones may come in national form, overseas included. */
export const mobileNumber = z
  .string()
  .max(40, 'too-long')
  .transform((typed, context) => {
    if (typed.trim() === '') {
      context.addIssue({ code: 'custom', message: 'missing' });
      return z.NEVER;
    }
    // Some write the 00 of international calls, or both +33 and the 0 that it replaces.
    const plain = typed.trim().replace(/^00/, '+').replace(/\(0\)/, '');
    const digits = plain.replace(/[\s.-]/g, '');
    if (FICTION.test(digits)) return digits.replace(/^0/, '+33');
    const parsed = FRENCH_PLAN.map((region) => parsePhoneNumberFromString(plain, region)).find((one) => one?.isValid());
    if (parsed && MOBILE.has(parsed.getType() ?? '')) return parsed.number as string;
    context.addIssue({ code: 'custom', message: parsed ? 'not-mobile' : 'invalid' });
    return z.NEVER;
  });
