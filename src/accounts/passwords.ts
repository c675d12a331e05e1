import { argon2, randomBytes, timingSafeEqual } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { promisify } from 'node:util';
import { UpstreamError } from '../http/errors.ts';
import { verifyLegacy } from './legacy-hashes.ts';

const derive = promisify(argon2);

export interface Argon2Cost {
  /** KiB. */
  readonly memory: number;
  readonly passes: number;
}

export interface Passwords {
  /** PHC string: `$argon2id$v=19$m=…,t=…,p=1$salt$hash`. */
  hash(password: string): Promise<string>;
  /**
   * Costs the same whether the account exists (`stored` undefined: a decoy is checked) or not.
   * `upgrade` says that the hash is of an older kind or cheaper than today's.
   * @throws {UpstreamError} `overloaded` when too many wait already.
   */
  verify(password: string, stored: string | undefined): Promise<{ ok: boolean; upgrade: boolean }>;
}

/** RFC 9106 allows any password; longer ones only serve to burn our time. */
export const PASSWORD_MAX = 256;
const WAITING_MAX = 100;
/** In milliseconds: who would wait longer is told to come back instead, while there is still somebody to tell. */
const WAIT_MAX = 8000;
const PHC = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/;

/** A hash of today's kind, whatever its cost. */
export const isArgon2id = (stored: string): boolean => PHC.test(stored);

const base64 = (bytes: Buffer) => bytes.toString('base64').replace(/=+$/, '');
/** One person may type é as one character or as two: both are the same password (RFC 8265 §4.2.1). */
const message = (password: string) => Buffer.from(password.normalize('NFC'));

/** At most `atOnce` run, at most WAITING_MAX wait, and not for long; the rest is shed: a queue without end serves nobody. */
function gate(atOnce: number) {
  let running = 0;
  /** How long one takes lately, in milliseconds. */
  let usual = 0;
  const waiting: (() => void)[] = [];
  return async <T>(work: () => Promise<T>): Promise<T> => {
    if (running >= atOnce) {
      if (waiting.length >= WAITING_MAX || (waiting.length / atOnce) * usual > WAIT_MAX)
        throw new UpstreamError('overloaded', { waiting: waiting.length, usual });
      await new Promise<void>((resolve) => waiting.push(resolve));
    } else running += 1;
    const since = performance.now();
    try {
      return await work();
    } finally {
      usual = usual * 0.8 + (performance.now() - since) * 0.2;
      // The place is handed on rather than freed, so that nobody overtakes the queue.
      const next = waiting.shift();
      if (next) next();
      else running -= 1;
    }
  };
}

export function createPasswords(cost: Argon2Cost, atOnce = availableParallelism()): Passwords {
  const turn = gate(atOnce);
  const compute = (password: string, nonce: Buffer, { memory, passes }: Argon2Cost, parallelism = 1, tagLength = 32) =>
    turn(() => derive('argon2id', { message: message(password), nonce, parallelism, tagLength, memory, passes }));
  const decoySalt = randomBytes(16);

  return {
    async hash(password) {
      const salt = randomBytes(16);
      const tag = await compute(password, salt, cost);
      return `$argon2id$v=19$m=${cost.memory},t=${cost.passes},p=1$${base64(salt)}$${base64(tag)}`;
    },
    async verify(password, stored) {
      const argon = stored === undefined ? null : PHC.exec(stored);
      if (!argon) {
        // A decoy of today's cost: nobody learns from the time whether the account exists or has an old hash.
        const [, legacy] = await Promise.all([
          compute(password, decoySalt, cost),
          stored === undefined ? false : verifyLegacy(password, stored),
        ]);
        return { ok: legacy, upgrade: legacy };
      }
      const [, m, t, p, salt = '', expected = ''] = argon;
      const wanted = Buffer.from(expected, 'base64');
      const used = { memory: Number(m), passes: Number(t) };
      const tag = await compute(password, Buffer.from(salt, 'base64'), used, Number(p), wanted.length);
      return {
        ok: timingSafeEqual(tag, wanted),
        upgrade: used.memory < cost.memory || used.passes < cost.passes,
      };
    },
  };
}
