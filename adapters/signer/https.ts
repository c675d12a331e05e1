import { z } from 'zod';
import type { Signer } from '../../src/provider/signer.ts';

const keySet = z.object({ keys: z.array(z.looseObject({ kid: z.string(), alg: z.string(), kty: z.string() })).min(1) });
const answer = z.object({ signature: z.base64url() });
/** In milliseconds: a person waits for the token. */
const PATIENCE = 2500;

/**
 * A signer behind HTTPS, such as a small gateway before a PKCS#11 module or a cloud KMS: `GET <url>/keys` answers a JWKS of
 * public keys, `POST <url>/sign` with `{ kid, alg, data }` answers `{ signature }`, both in base64url.
 */
export function createHttpsSigner({ url, token }: { url: string; token: string | undefined }): Signer {
  const ask = async (path: string, init: RequestInit = {}): Promise<unknown> => {
    const response = await fetch(`${url.replace(/\/$/, '')}${path}`, {
      ...init,
      redirect: 'error',
      signal: AbortSignal.timeout(PATIENCE),
      headers: {
        accept: 'application/json',
        ...(init.body ? { 'content-type': 'application/json' } : {}),
        ...(token ? { authorization: `Bearer ${token}` } : {}),
      },
    });
    if (!response.ok) throw new Error(`the signer answered ${response.status}`);
    return response.json();
  };
  return {
    async keys() {
      return keySet.parse(await ask('/keys')).keys;
    },
    async sign(alg, kid, bytes) {
      const body = JSON.stringify({ kid, alg, data: Buffer.from(bytes).toString('base64url') });
      return Buffer.from(answer.parse(await ask('/sign', { method: 'POST', body })).signature, 'base64url');
    },
  };
}
