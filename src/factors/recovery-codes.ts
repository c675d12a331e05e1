import { randomInt } from 'node:crypto';
import { CARE } from '../../config/lives.ts';

/** The queries of recovery codes; implemented on PostgreSQL in adapters/db/recovery-codes.ts. Codes come in clear. */
export interface RecoveryCodes {
  /** In place of all that were there. */
  replace(accountId: string, codes: readonly string[], at: Date): Promise<void>;
  /** Whether it could be used. */
  fits(accountId: string, code: string): Promise<boolean>;
  /** True once for each code. */
  use(accountId: string, code: string, at: Date): Promise<boolean>;
  left(accountId: string): Promise<number>;
  madeAt(accountId: string): Promise<Date | undefined>;
  remove(accountId: string): Promise<void>;
}

/** Without 0, 1, I, L, O, U: written on paper, nothing is mistaken. */
const LETTERS = '23456789ABCDEFGHJKMNPQRSTVWXYZ';
const letters = () => Array.from({ length: 5 }, () => LETTERS[randomInt(LETTERS.length)]).join('');

/** Ten of 49 bits each, such as `K7Q2X-9XMPA`. */
export const newRecoveryCodes = (): string[] =>
  Array.from({ length: CARE.recoveryCodes }, () => `${letters()}-${letters()}`);

/** A code as people type it. @returns undefined for what cannot be one. */
export function readRecoveryCode(typed: string): string | undefined {
  const code = typed.toUpperCase().replace(/[^0-9A-Z]/g, '');
  return /^[2-9A-HJKMNP-TV-Z]{10}$/.test(code) ? code : undefined;
}
