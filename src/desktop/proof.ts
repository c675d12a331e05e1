import { createHash } from 'node:crypto';
import { calculateJwkThumbprint, EmbeddedJWK, jwtVerify } from 'jose';
import { z } from 'zod';
import { FlowError } from '../http/errors.ts';

/** Seconds between the clocks of a desktop and ours; older proofs are refused, and younger ones remembered. */
export const PROOF_WINDOW = 300;

const ALGORITHMS = ['ES256', 'EdDSA'];
const claims = z.object({
  htm: z.string(),
  htu: z.string(),
  iat: z.number(),
  ath: z.string(),
  jti: z.string().min(8).max(256),
});

export interface ProofOf {
  readonly method: string;
  /** Without its query. */
  readonly url: string;
  readonly accessToken: string;
  readonly now: Date;
}

/**
 * Checks one DPoP proof (RFC 9449 §4.3) but for its replay.
 * @returns the thumbprint of its key, and what makes it unique
 * @throws {FlowError} `desktop-proof`
 */
export async function readProof(
  proof: string,
  { method, url, accessToken, now }: ProofOf,
): Promise<{ jkt: string; jti: string }> {
  const wrong = (detail: string, cause?: unknown) => new FlowError('desktop-proof', { detail }, cause);
  let verified: Awaited<ReturnType<typeof jwtVerify>>;
  try {
    verified = await jwtVerify(proof, EmbeddedJWK, { algorithms: ALGORITHMS, typ: 'dpop+jwt', currentDate: now });
  } catch (cause) {
    throw wrong('not a signed proof', cause);
  }
  const read = claims.safeParse(verified.payload);
  if (!read.success) throw wrong('a claim is missing');
  const { htm, htu, iat, ath, jti } = read.data;
  if (htm !== method) throw wrong('htm');
  if (!URL.canParse(htu) || bare(htu) !== bare(url)) throw wrong('htu');
  if (Math.abs(now.getTime() / 1000 - iat) > PROOF_WINDOW) throw wrong('iat');
  if (ath !== createHash('sha256').update(accessToken).digest('base64url')) throw wrong('ath');
  const { jwk } = verified.protectedHeader;
  if (!jwk) throw wrong('jwk');
  return { jkt: await calculateJwkThumbprint(jwk), jti };
}

function bare(address: string): string {
  const url = new URL(address);
  url.search = '';
  url.hash = '';
  return url.href;
}
