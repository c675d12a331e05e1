import { createHash, pbkdf2, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import bcrypt from 'bcryptjs';

const derive = promisify(pbkdf2);

/** Hashes that an import may bring; each is replaced at its owner's next sign-in. */
const LEGACY = {
  ssha: /^\{(SSHA|SSHA256|SSHA512)\}([A-Za-z0-9+/=]+)$/,
  bcrypt: /^\$2[aby]\$\d\d\$[./A-Za-z0-9]{53}$/,
  /** `pbkdf2_sha256$<iterations>$<salt>$<base64>` (Django) */
  django: /^pbkdf2_(sha256|sha1)\$(\d{1,7})\$([^$]{1,128})\$([A-Za-z0-9+/=]+)$/,
  /** `$pbkdf2-sha256$<iterations>$<salt base64>$<base64>` (passlib; `.` stands for `+`) */
  passlib: /^\$pbkdf2-(sha256|sha512|sha1)\$(\d{1,7})\$([A-Za-z0-9+/.]+)\$([A-Za-z0-9+/.]+)$/,
} as const;

const SSHA = { SSHA: ['sha1', 20], SSHA256: ['sha256', 32], SSHA512: ['sha512', 64] } as const;

export const isLegacyHash = (stored: string): boolean => Object.values(LEGACY).some((format) => format.test(stored));

const same = (a: Buffer, b: Buffer) => a.length === b.length && timingSafeEqual(a, b);
const fromPasslib = (text: string) => Buffer.from(text.replaceAll('.', '+'), 'base64');

/** @returns false for a wrong password and for a format nobody knows. */
export async function verifyLegacy(password: string, stored: string): Promise<boolean> {
  const ssha = LEGACY.ssha.exec(stored);
  if (ssha) {
    const [algorithm, length] = SSHA[ssha[1] as keyof typeof SSHA];
    const bytes = Buffer.from(ssha[2] ?? '', 'base64');
    const digest = createHash(algorithm).update(password).update(bytes.subarray(length)).digest();
    return same(digest, bytes.subarray(0, length));
  }
  if (LEGACY.bcrypt.test(stored)) return bcrypt.compare(password, stored);
  const django = LEGACY.django.exec(stored);
  if (django) {
    const [, digest = '', iterations, salt = '', expected = ''] = django;
    const wanted = Buffer.from(expected, 'base64');
    return same(await derive(password, salt, Number(iterations), wanted.length, digest), wanted);
  }
  const passlib = LEGACY.passlib.exec(stored);
  if (passlib) {
    const [, digest = '', iterations, salt = '', expected = ''] = passlib;
    const wanted = fromPasslib(expected);
    return same(await derive(password, fromPasslib(salt), Number(iterations), wanted.length, digest), wanted);
  }
  return false;
}
