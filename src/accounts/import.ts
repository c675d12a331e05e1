import { randomUUID } from 'node:crypto';
import { parsePhoneNumberFromString } from 'libphonenumber-js/max';
import { z } from 'zod';
import { timeZone } from '../../config/setting-types.ts';
import { foreignText, foreignValue } from '../foreign-text.ts';
import type { Storage } from '../storage.ts';
import { AccountTaken, NATIONAL_ID } from './account.ts';
import { isLegacyHash } from './legacy-hashes.ts';
import { LOGIN_MAX, loginKey } from './login-key.ts';
import { isArgon2id } from './passwords.ts';

const name = foreignText(100);

/** Those whose national form, with its leading 0, is that of the metropolitan plan. */
export const FRENCH_PLAN = ['FR', 'GP', 'MQ', 'GF', 'RE', 'YT', 'PM'] as const;

/** French numbers may come in national form; overseas ones too, since they share the plan. */
export const phoneNumber = z.string().transform((typed, context) => {
  const parsed = FRENCH_PLAN.map((region) => parsePhoneNumberFromString(typed, region)).find((number) =>
    number?.isValid(),
  );
  if (parsed) return parsed.number as string;
  context.addIssue({ code: 'custom', message: 'is not a phone number' });
  return z.NEVER;
});

/** One account as `mire accounts add` and a line of an import give it. */
export const newAccount = z.strictObject({
  id: z.uuid().optional(),
  login: foreignText(LOGIN_MAX).optional(),
  email: z.email().max(LOGIN_MAX).optional(),
  email_verified: z.boolean().default(false),
  phone: phoneNumber.optional(),
  phone_verified: z.boolean().default(false),
  title: foreignValue(10).optional(),
  family_name: name,
  given_name: name,
  profession: foreignValue(10).optional(),
  specialty: foreignValue(10).optional(),
  locale: foreignValue(20).optional(),
  /** Whose clock its pages and messages tell the hour by; also a claim (OIDC Core §5.1). */
  zoneinfo: timeZone.optional(),
  /** RPPS with its leading 8, or ADELI with its leading 0. */
  national_id: z
    .string()
    .regex(/^[0-9A-Z]{9,12}$/, 'is not a national id')
    .optional(),
  password_hash: z
    .string()
    .refine((hash) => isArgon2id(hash) || isLegacyHash(hash), 'is of no known kind (argon2id, bcrypt, SSHA, PBKDF2)')
    .optional(),
  roles: z.array(foreignValue(40)).max(50).default([]),
  terms_version: foreignValue(40).optional(),
});

export type Added = { readonly id: string } | 'known';

/**
 * Makes one account, its identity and password in one transaction, with its audit line.
 * @returns `known` when its identifier, mail or national id is somebody's already: an import may be run again.
 * @throws {ZodError} naming the fields that are wrong
 */
export async function addAccount(storage: Storage, input: unknown, by: string): Promise<Added> {
  const account = newAccount.parse(input);
  const id = account.id ?? randomUUID();
  try {
    await storage.transaction(async (tx) => {
      const key = account.login ?? account.email;
      if (key && (await tx.accounts.byLoginKey(loginKey(key)))) throw new AccountTaken('the identifier is taken');
      await tx.accounts.insert({
        id,
        login: account.login,
        email: account.email,
        emailVerified: account.email_verified,
        phone: account.phone,
        phoneVerified: account.phone_verified,
        title: account.title,
        familyName: account.family_name,
        givenName: account.given_name,
        profession: account.profession,
        specialty: account.specialty,
        locale: account.locale,
        extraClaims: account.zoneinfo === undefined ? {} : { zoneinfo: account.zoneinfo },
        roles: account.roles,
        termsVersion: account.terms_version,
      });
      if (account.password_hash) await tx.accounts.setPasswordHash(id, account.password_hash);
      if (account.national_id) await tx.accounts.linkIdentity(id, NATIONAL_ID, account.national_id, 'import');
      await tx.audit.write({ event: 'account.created', accountId: id, details: { by } });
    });
    return { id };
  } catch (error) {
    if (error instanceof AccountTaken) return 'known';
    throw error;
  }
}

export interface ImportReport {
  readonly added: number;
  readonly known: number;
  /** Line numbers, from 1, with the fields that are wrong; never their values. */
  readonly refused: readonly { readonly line: number; readonly reason: string }[];
}

/**
 * Imports JSON Lines. Each line stands alone: a bad one is reported and the rest goes on; an import that was cut off is
 * run again, and the accounts it already made are known.
 */
export async function importAccounts(storage: Storage, lines: AsyncIterable<string>): Promise<ImportReport> {
  const refused: { line: number; reason: string }[] = [];
  let [added, known, line] = [0, 0, 0];
  for await (const read of lines) {
    line += 1;
    // Windows begins a file with a byte order mark, which JSON does not know (RFC 8259 §8.1).
    const json = read.replace(/^\ufeff/, '');
    if (json.trim() === '') continue;
    try {
      if ((await addAccount(storage, JSON.parse(json), 'import')) === 'known') known += 1;
      else added += 1;
    } catch (error) {
      if (error instanceof SyntaxError) refused.push({ line, reason: 'is not JSON' });
      else if (error instanceof z.ZodError)
        refused.push({
          line,
          reason: error.issues.map(({ path, message }) => `${path.join('.')} ${message}`).join('; '),
        });
      else throw error;
    }
  }
  return { added, known, refused };
}
