import { isIP } from 'node:net';
import { z } from 'zod';
import { databaseUrlProblem } from './database-url.ts';

/** The forms that the value of a setting takes. */

export const list = z.string().transform((text) =>
  text
    .split(',')
    .map((item) => item.trim())
    .filter(Boolean),
);

export const count = (least: number, most: number) => z.coerce.number().int().min(least).max(most);

export const origin = z
  .string()
  .refine(
    (text) => URL.canParse(text) && new URL(text).origin === text,
    'must be an origin, such as https://mire.example.fr',
  );

export const address = (...schemes: string[]) =>
  z
    .string()
    .refine(
      (text) => URL.canParse(text) && schemes.includes(new URL(text).protocol),
      `must be an address that begins with ${schemes.map((scheme) => `${scheme}//`).join(' or ')}`,
    );

export const databaseAddress = z.string().superRefine((text, context) => {
  const message = databaseUrlProblem(text);
  if (message) context.addIssue({ code: 'custom', message });
});

export const addresses = (...schemes: string[]) => list.pipe(z.array(address(...schemes)));

const isNetwork = (item: string): boolean => {
  const [address = '', prefix, ...more] = item.split('/');
  const bits = isIP(address) === 6 ? 128 : isIP(address) === 4 ? 32 : undefined;
  if (bits === undefined || more.length > 0) return false;
  return prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) <= bits);
};

export const networks = list.refine((items) => items.every(isNetwork), 'each must be an address or a CIDR');

export const keys = list.refine((items) => items.length > 0, 'needs one key at least');

export function isTimeZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat('fr', { timeZone: zone });
    return true;
  } catch {
    // Intl throws on what it does not know.
    return false;
  }
}

export const timeZone = z.string().refine(isTimeZone, 'must be a time zone of the IANA list, such as Europe/Paris');

export const yesOrNo = z.enum(['true', 'false']).transform((text) => text === 'true');

export const json = z.string().transform((text, context) => {
  try {
    return z.record(z.string(), z.string()).parse(JSON.parse(text));
  } catch {
    context.addIssue({ code: 'custom', message: 'must be a JSON object of strings' });
    return z.NEVER;
  }
});
