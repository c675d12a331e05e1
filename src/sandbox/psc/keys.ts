import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { exportJWK, generateKeyPair, type JWK } from 'jose';
import { randomToken } from '../../protection/secrets.ts';

export interface PscKeys {
  /** RSA, as the real one signs. */
  readonly signing: JWK;
  readonly cookies: string;
  readonly secret: string;
}

const rsa = async (kid: string): Promise<JWK> => {
  const { privateKey } = await generateKeyPair('RS256', { extractable: true });
  return { ...(await exportJWK(privateKey)), kid, alg: 'RS256', use: 'sig' };
};

/** Its own, never those of the service: made at the first start, kept beside the other secrets of the sandbox. */
export async function openPscKeys(dataDir: string): Promise<PscKeys> {
  const file = join(dataDir, 'psc.json');
  if (!existsSync(file)) {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
    const made: PscKeys = { signing: await rsa('psc-1'), cookies: randomToken(), secret: randomToken() };
    try {
      // Exclusive: of two first starts one writes, the other reads.
      writeFileSync(file, JSON.stringify(made), { mode: 0o600, flag: 'wx' });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
  return JSON.parse(readFileSync(file, 'utf8')) as PscKeys;
}

let next: Promise<JWK> | undefined;
/** What it signs with after a rotation. */
export const nextKey = (): Promise<JWK> => {
  next ??= rsa('psc-2');
  return next;
};

export const publicPart = ({ kty, n, e, kid, alg, use }: JWK) => ({ kty, n, e, kid, alg, use });

/** One that is published nowhere. */
export const strayKey = (kid: string): Promise<JWK> => rsa(kid);
