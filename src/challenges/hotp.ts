import { timingSafeEqual } from 'node:crypto';
import { generateSecret, generateSync } from 'otplib';
import { CODE } from '../../config/lives.ts';
import type { Seed } from './challenge.ts';

/** A fresh HOTP seed of 160 bits (RFC 4226 §4 R6). */
export const newSeed = (): Seed => generateSecret({ length: 20 });

/** The code of one counter: six decimal digits (RFC 4226 §5.3). */
export const codeOf = (seed: Seed, counter: number): string =>
  generateSync({ secret: seed, counter, strategy: 'hotp', digits: CODE.digits });

/** Compares in constant time. */
export function isCode(typed: string, seed: Seed, counter: number): boolean {
  const expected = Buffer.from(codeOf(seed, counter));
  const given = Buffer.from(typed);
  return given.length === expected.length && timingSafeEqual(given, expected);
}

/**
 * A code as people type it: spaces and hyphens are welcome, other alphabets' digits are not.
 * @returns the six digits, or undefined.
 */
export function readCode(typed: string): string | undefined {
  const digits = typed.replace(/[\s\u00a0\u202f-]/g, '');
  return new RegExp(`^[0-9]{${CODE.digits}}$`).test(digits) ? digits : undefined;
}
