import { createRemoteJWKSet, customFetch, type FetchImplementation, jwtVerify } from 'jose';
import { z } from 'zod';
import type { Clock } from '../../src/clock.ts';
import { type LogoutToken, UpstreamRefused } from '../../src/upstream/provider.ts';
import { toRefusal } from './fault.ts';
import type { Transport } from './transport.ts';

const EVENT = 'http://schemas.openid.net/event/backchannel-logout';
/** Seconds after which it is too old, whatever it says of its end. */
const OLDEST = 10 * 60;
/** Public keys alone: nobody who knows our secret may end sessions, and `none` is no algorithm. */
const ALGORITHMS = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
];
const TYPES: readonly unknown[] = [undefined, 'logout+jwt', 'JWT'];

const filled = z.string().min(1).max(255);
/** Back-Channel Logout §2.4: `sid` or `sub` or both, never a nonce, so that an ID token is none. */
const claims = z
  .object({
    iss: filled,
    jti: filled,
    iat: z.number(),
    exp: z.number().optional(),
    sid: filled.optional(),
    sub: filled.optional(),
    nonce: z.undefined().optional(),
    events: z.object({ [EVENT]: z.looseObject({}) }),
  })
  .refine(({ sid, sub }) => sid !== undefined || sub !== undefined);

export interface LogoutTokenParts {
  readonly issuer: string;
  readonly clientId: string;
  readonly transport: Transport;
  readonly clock: Clock;
  readonly tolerance: number;
  readonly jwksUri: () => Promise<string | undefined>;
}

/** Validates a logout token (Back-Channel Logout §2.6), but for its replay, which a store must remember. */
export function createLogoutTokenCheck({ issuer, clientId, transport, clock, tolerance, jwksUri }: LogoutTokenParts) {
  let keys: { readonly uri: string; readonly set: ReturnType<typeof createRemoteJWKSet> } | undefined;

  async function keySet() {
    const uri = await jwksUri();
    if (!uri) throw new UpstreamRefused('error', 'no_jwks_uri');
    // It reloads the keys once for one it does not know, and no more often than every half minute.
    if (keys?.uri !== uri)
      keys = { uri, set: createRemoteJWKSet(new URL(uri), { [customFetch]: transport as FetchImplementation }) };
    return keys.set;
  }

  return async (token: string): Promise<LogoutToken> => {
    try {
      const { payload, protectedHeader } = await jwtVerify(token, await keySet(), {
        issuer,
        audience: clientId,
        algorithms: ALGORITHMS,
        clockTolerance: tolerance,
        maxTokenAge: OLDEST,
        currentDate: clock(),
      });
      if (!TYPES.includes(protectedHeader.typ)) throw new UpstreamRefused('logout', 'typ');
      const read = claims.safeParse(payload);
      if (!read.success) throw new UpstreamRefused('logout', 'claims');
      const { jti, iat, exp, sid, sub } = read.data;
      return { issuer, jti, expiresAt: new Date((exp ?? iat + OLDEST) * 1000), sid, subject: sub };
    } catch (error) {
      throw toRefusal(error, 'logout');
    }
  };
}
