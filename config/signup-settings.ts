import { z } from 'zod';
import { address, count } from './setting-types.ts';

/** Settings of the first sign-in. */
export const signupSettings = {
  CAPTCHA: z
    .enum(['altcha', 'recaptcha'])
    .default('altcha')
    .describe('altcha: a proof of work of our own; recaptcha: Google, which sees who signs up'),
  CAPTCHA_WORK: count(2, 100_000)
    .default(2000)
    .describe('altcha: keys a browser derives at most, a second or so for 2000'),
  RECAPTCHA_SITE_KEY: z.string().optional().describe('the public key; required with CAPTCHA=recaptcha'),
  RECAPTCHA_SECRET: z.string().optional().describe('the secret key; required with CAPTCHA=recaptcha (secret)'),
  RECAPTCHA_URL: address('https:', 'http:')
    .default('https://www.google.com/recaptcha/api/siteverify')
    .describe('where answers are verified'),
  LEAKED_PASSWORDS_FILE: z
    .string()
    .optional()
    .describe('more refused passwords: SHA-1 hashes in order (Have I Been Pwned), or one password a line'),
};

export type SignupSettings = z.infer<z.ZodObject<typeof signupSettings>>;

export function signupProblems(
  { CAPTCHA, RECAPTCHA_SITE_KEY, RECAPTCHA_SECRET, RECAPTCHA_URL }: Partial<SignupSettings>,
  production: boolean,
): { readonly name: keyof SignupSettings; readonly message: string }[] {
  const problems: { name: keyof SignupSettings; message: string }[] = [];
  if (CAPTCHA !== 'recaptcha') return problems;
  const message = 'is required with CAPTCHA=recaptcha';
  if (!RECAPTCHA_SITE_KEY) problems.push({ name: 'RECAPTCHA_SITE_KEY', message });
  if (!RECAPTCHA_SECRET) problems.push({ name: 'RECAPTCHA_SECRET', message });
  if (production && RECAPTCHA_URL?.startsWith('http:'))
    problems.push({ name: 'RECAPTCHA_URL', message: 'must be https: in production' });
  return problems;
}
