import { createLocalJWKSet, type JWK, type JWTVerifyGetKey, errors as joseErrors, jwtVerify } from 'jose';
import { errors, type Grant, type Provider } from 'oidc-provider';
import { type ClientLike, resourceServerOf } from '../clients/metadata.ts';
import type { Vault } from '../protection/secrets.ts';

/** What a live access token stands for: whose it is, what it may do, until when, and what it rests on. */
export interface Subject {
  readonly accountId: string;
  readonly clientId: string;
  readonly grant: Grant;
  readonly scopes: ReadonlySet<string>;
  /** Seconds. */
  readonly remaining: number;
  /** acr, amr, auth_time, act. */
  readonly claims: Readonly<Record<string, unknown>>;
  readonly session: { readonly sessionUid?: string; readonly expiresWithSession?: boolean; readonly sid?: string };
  readonly jkt: string | undefined;
  readonly x5t: string | undefined;
}

/** The name of a grant inside a JWT: sealed, so that it tells nobody anything, and is found again at an exchange. */
export const sealGrant = (vault: Vault, grantId: string): string =>
  vault.seal(grantId, GRANT_CONTEXT).toString('base64url');
const GRANT_CONTEXT = 'access-token-grant';
export const GRANT_CLAIM = 'mire_grant';

const PUBLIC = ['kty', 'crv', 'x', 'y', 'n', 'e', 'kid', 'alg', 'use'] as const;
const publicOf = (key: JWK): JWK => Object.fromEntries(PUBLIC.map((name) => [name, key[name]]));

export type ReadSubject = (provider: Provider, token: string, client: ClientLike) => Promise<Subject>;

/**
 * Reads a subject token (RFC 8693 §2.1): an access token of ours that still lives, made for this client itself, or for
 * the API that this client is.
 */
export function createReadSubject(
  jwks: { readonly keys: readonly JWK[] },
  renewed: () => Promise<readonly JWK[]>,
  vault: Vault,
): ReadSubject {
  const local = (keys: readonly JWK[]) => createLocalJWKSet({ keys: keys.map(publicOf) as never });
  const held = local(jwks.keys);
  // Another process may have put a key in use that this one has not seen (see holder.ts).
  const keys: JWTVerifyGetKey = async (header, token) => {
    try {
      return await held(header, token);
    } catch (error) {
      if (!(error instanceof joseErrors.JWKSNoMatchingKey)) throw error;
      return local(await renewed())(header, token);
    }
  };
  const refused = (detail: string) => new errors.InvalidRequest(`subject_token ${detail}`);

  async function grantOf(provider: Provider, grantId: string, accountId: string, clientId: string): Promise<Grant> {
    const grant = await provider.Grant.find(grantId);
    // Gone with the session, the account or the consent that it rested on.
    if (!grant || grant.accountId !== accountId || grant.clientId !== clientId) throw refused('is not valid');
    return grant;
  }

  async function fromOpaque(provider: Provider, value: string, client: ClientLike): Promise<Subject | undefined> {
    const token = await provider.AccessToken.find(value);
    if (!token) return undefined;
    const clientId = token.clientId ?? '';
    const forThisApi = token.aud !== undefined && token.aud === resourceServerOf(client);
    if (clientId !== client.clientId && !forThisApi) throw refused('is not valid');
    const { sessionUid, expiresWithSession, sid } = token;
    return {
      accountId: token.accountId,
      clientId,
      grant: await grantOf(provider, token.grantId, token.accountId, clientId),
      scopes: token.scopes,
      remaining: token.remainingTTL,
      claims: token.extra ?? {},
      session: {
        ...(sessionUid === undefined ? {} : { sessionUid }),
        ...(expiresWithSession === undefined ? {} : { expiresWithSession }),
        ...(sid === undefined ? {} : { sid }),
      },
      jkt: token.jkt,
      x5t: token['x5t#S256'],
    };
  }

  async function fromJwt(provider: Provider, value: string, client: ClientLike): Promise<Subject> {
    const audience = resourceServerOf(client);
    if (audience === undefined) throw refused('is not valid');
    try {
      const { payload } = await jwtVerify(value, keys, { issuer: provider.issuer, audience, typ: 'at+jwt' });
      const sealed = Buffer.from(String(payload[GRANT_CLAIM]), 'base64url');
      const grant = await provider.Grant.find(vault.open(sealed, GRANT_CONTEXT).toString());
      if (!grant?.accountId) throw refused('is not valid');
      const cnf = payload.cnf as { jkt?: string; 'x5t#S256'?: string } | undefined;
      const { acr, amr, auth_time, act } = payload;
      return {
        accountId: grant.accountId,
        clientId: grant.clientId ?? '',
        grant,
        scopes: new Set(String(payload.scope ?? '').split(' ')),
        remaining: Number(payload.exp) - Math.floor(Date.now() / 1000),
        claims: { acr, amr, auth_time, ...(act === undefined ? {} : { act }) },
        session: {},
        jkt: cnf?.jkt,
        x5t: cnf?.['x5t#S256'],
      };
    } catch (cause) {
      if (cause instanceof errors.OIDCProviderError) throw cause;
      if (cause instanceof joseErrors.JOSEError) throw refused('is not valid');
      // A sealed grant that does not open: a key that was withdrawn.
      throw Object.assign(refused('is not valid'), { cause });
    }
  }

  return async (provider, value, client) =>
    (await fromOpaque(provider, value, client)) ?? (await fromJwt(provider, value, client));
}
