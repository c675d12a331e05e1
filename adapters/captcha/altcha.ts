import { createChallenge, type Payload, randomInt, verifySolution } from 'altcha-lib';
import { deriveKey } from 'altcha-lib/algorithms/pbkdf2';
import { z } from 'zod';
import type { Clock } from '../../src/clock.ts';
import { UserError } from '../../src/http/errors.ts';
import { CAPTCHA_LIFE, type Captcha } from '../../src/protection/captcha.ts';
import type { Limits } from '../../src/protection/limits.ts';
import type { Vault } from '../../src/protection/secrets.ts';

const ITERATIONS = 1000;
/** A solution is a kilobyte. */
const SENT_MAX = 4096;

const payload = z.object({
  challenge: z.object({
    parameters: z.looseObject({
      algorithm: z.literal('PBKDF2/SHA-256'),
      nonce: z.string().min(16).max(200),
      salt: z.string().max(200),
      cost: z.number().int().max(ITERATIONS),
      keyLength: z.literal(32),
      keyPrefix: z.string().max(64),
    }),
    signature: z.string().max(200),
  }),
  solution: z.object({ counter: z.number().int().min(0), derivedKey: z.string().max(200) }),
});

function read(sent: string): Payload | undefined {
  try {
    return payload.parse(JSON.parse(Buffer.from(sent, 'base64').toString())) as Payload;
  } catch {
    return undefined;
  }
}

export interface AltchaParts {
  readonly vault: Vault;
  readonly limits: Limits;
  readonly clock: Clock;
  /** How many keys a browser derives at most. */
  readonly work: number;
}

/** A proof of work of our own: nothing is asked of anybody else, nobody is followed, nothing has to be seen or heard. */
export function createAltcha({ vault, limits, clock, work }: AltchaParts): Captcha {
  const hmacSignatureSecret = vault.derive('captcha').toString('base64');
  const hmacKeySignatureSecret = vault.derive('captcha-key').toString('base64');
  return {
    kind: 'altcha',
    origins: [],
    challenge: () =>
      createChallenge({
        algorithm: 'PBKDF2/SHA-256',
        cost: ITERATIONS,
        counter: randomInt(Math.ceil(work / 2), work),
        deriveKey,
        expiresAt: new Date(clock().getTime() + CAPTCHA_LIFE * 1000),
        hmacSignatureSecret,
        hmacKeySignatureSecret,
      }),
    async check({ altcha: sent }) {
      if (typeof sent !== 'string' || sent === '') return 'absent';
      const given = sent.length > SENT_MAX ? undefined : read(sent);
      if (!given) return 'refused';
      const { verified } = await verifySolution({ ...given, deriveKey, hmacSignatureSecret, hmacKeySignatureSecret });
      if (!verified) return 'refused';
      try {
        // One solution, one form: the nonce is spent for longer than the challenge lives.
        await limits.take('captcha-solution', given.challenge.parameters.nonce);
      } catch (error) {
        if (error instanceof UserError) return 'refused';
        throw error;
      }
      return 'solved';
    },
  };
}
