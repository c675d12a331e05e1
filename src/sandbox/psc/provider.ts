import { decodeJwt, importJWK, type JWK, SignJWT } from 'jose';
import Provider, { type ClientMetadata, type KoaContextWithOIDC } from 'oidc-provider';
import type { PscFault } from './faults.ts';
import { nextKey, type PscKeys, publicPart, strayKey } from './keys.ts';
import { createMemory } from './memory.ts';
import { pscPerson } from './people.ts';
import { type AuthMode, FULL, nationalIdOf, RESTRICTED, userinfoOf } from './userinfo.ts';

/** Below the issuer, as Keycloak has it. */
const PROTOCOL = '/auth/realms/esante-wallet/protocol/openid-connect';
export const REALM = '/auth/realms/esante-wallet';
export const LOGOUT = `${PROTOCOL}/logout`;
export const SCREENS = '/auth/connexion';

/** A subject that names no national identifier. */
const NOBODY = 'f:0:';

export const PSC_CLIENT_ID = 'mire-sandbox';

export interface PscProviderParts {
  readonly issuer: string;
  /** Of the service: its client there. */
  readonly serviceIssuer: string;
  readonly keys: PscKeys;
  readonly faults: ReadonlySet<PscFault>;
  /** How each person proved themselves last. */
  readonly authModes: ReadonlyMap<string, AuthMode>;
  /** Told of each ID token: whose it is, and the name of its session. */
  readonly signedIn: (subject: string, sid: string) => void;
}

const client = (service: string, secret: string): ClientMetadata => ({
  client_id: PSC_CLIENT_ID,
  client_secret: secret,
  redirect_uris: [`${service}/callback/psc`],
  backchannel_logout_uri: `${service}/backchannel-logout/psc`,
  backchannel_logout_session_required: true,
  grant_types: ['authorization_code'],
  require_auth_time: true,
  scope: 'openid scope_all',
});

/** A second oidc-provider that behaves as Pro Santé Connect does, oddities included (and faults, when asked to). */
export function createPscProvider(parts: PscProviderParts): Provider {
  const { issuer, serviceIssuer, keys, faults, authModes } = parts;
  const provider = new Provider(issuer, {
    adapter: createMemory(),
    clients: [client(serviceIssuer, keys.secret)],
    jwks: { keys: [keys.signing] as never },
    routes: {
      authorization: '/auth',
      token: `${PROTOCOL}/token`,
      userinfo: `${PROTOCOL}/userinfo`,
      jwks: `${PROTOCOL}/certs`,
      revocation: `${PROTOCOL}/revoke`,
      introspection: `${PROTOCOL}/token/introspect`,
    },
    cookies: {
      keys: [keys.cookies],
      names: { session: 'psc_session', interaction: 'psc_interaction', resume: 'psc_resume' },
    },
    scopes: ['openid', 'scope_all'],
    claims: { openid: [...RESTRICTED], scope_all: [...FULL] },
    acrValues: ['eidas1'],
    renderError(ctx, out) {
      ctx.body = out;
    },
    ttl: {
      AccessToken: 120,
      IdToken: 120,
      AuthorizationCode: 60,
      RefreshToken: 1800,
      Grant: 14_400,
      Session: 14_400,
      Interaction: 600,
    },
    clientAuthMethods: ['client_secret_basic', 'client_secret_post', 'private_key_jwt'],
    interactions: { url: (_ctx, { uid }) => `${SCREENS}/${uid}` },
    findAccount: (_ctx, sub) => {
      const person = pscPerson(nationalIdOf(sub));
      return (
        person && { accountId: sub, claims: () => claimsOf(userinfoOf(person, authModes.get(sub))) as { sub: string } }
      );
    },
    async loadExistingGrant(ctx) {
      const grant = new ctx.oidc.provider.Grant({
        clientId: ctx.oidc.client?.clientId ?? '',
        accountId: ctx.oidc.session?.accountId ?? '',
      });
      grant.addOIDCScope('openid scope_all');
      await grant.save();
      return grant;
    },
    // Its one client is the service, on this machine.
    fetch: (url, options) => {
      const { dispatcher, ...rest } = options as RequestInit & { dispatcher?: unknown };
      return fetch(url as string, rest);
    },
    features: {
      devInteractions: { enabled: false },
      backchannelLogout: { enabled: true },
      rpInitiatedLogout: { enabled: false },
    },
  });

  const claimsOf = (full: Record<string, unknown>): Record<string, unknown> => {
    const { SubjectNameID, preferred_username, authMode, ...rest } = full;
    return {
      ...rest,
      ...(faults.has('no-national-id') ? {} : { SubjectNameID, preferred_username }),
      ...(faults.has('national-id') ? { SubjectNameID: '899700000013', preferred_username: '899700000013' } : {}),
      ...(faults.has('no-auth-mode') ? {} : { authMode }),
    };
  };

  provider.use(async (ctx: KoaContextWithOIDC, next) => {
    await next();
    const gone: string | undefined = ctx.response.get('location');
    if (gone?.startsWith(`${serviceIssuer}/callback/`)) {
      const back = new URL(gone);
      if (faults.has('issuer')) back.searchParams.set('iss', 'https://attacker.example');
      if (faults.has('state')) back.searchParams.set('state', 'of-somebody-else');
      ctx.set('location', back.href);
    }
    const body = ctx.body as { id_token?: string; sub?: string; keys?: unknown[] } | undefined;
    if (ctx.oidc?.route === 'jwks' && faults.has('new-key'))
      ctx.body = { keys: [...(body?.keys ?? []), publicPart(await nextKey())] };
    if (ctx.oidc?.route === 'token' && body?.id_token) body.id_token = await asPsc(body.id_token, parts);
    if (ctx.oidc?.route === 'userinfo' && body?.sub) {
      if (faults.has('no-userinfo')) ctx.throw(404);
      if (faults.has('subject')) body.sub = `${body.sub}0`;
      if (faults.has('no-national-id')) body.sub = NOBODY;
      if (faults.has('restricted')) for (const name of FULL) delete (body as Record<string, unknown>)[name];
    }
  });
  return provider;
}

/** The ID token as the real one writes it, and with what is wrong in it when something is to be. */
async function asPsc(token: string, { keys, faults, signedIn }: PscProviderParts): Promise<string> {
  const claims = decodeJwt<Record<string, unknown>>(token);
  const { sub = '', sid } = claims;
  if (typeof sid === 'string') signedIn(sub, sid);
  const past = (seconds: number) => (claims.iat ?? 0) - seconds;
  const changed = {
    ...claims,
    acr: faults.has('acr') ? 'eidas9' : 'eidas1',
    typ: 'ID',
    azp: PSC_CLIENT_ID,
    session_state: sid,
    ...(faults.has('no-national-id') ? {} : { preferred_username: nationalIdOf(sub) }),
    ...(faults.has('no-national-id') ? { sub: NOBODY } : {}),
    ...(faults.has('nonce') ? { nonce: 'of-somebody-else' } : {}),
    ...(faults.has('audience') ? { aud: 'another-application', azp: 'another-application' } : {}),
    ...(faults.has('clock') ? { iat: past(600), exp: past(480) } : {}),
    ...(faults.has('stale') ? { auth_time: past(3 * 3600) } : {}),
  };
  const key = await signingKey(keys, faults);
  return new SignJWT(changed)
    .setProtectedHeader({ alg: 'RS256', kid: key.kid ?? '', typ: 'JWT' })
    .sign(await importJWK(key, 'RS256'));
}

async function signingKey(keys: PscKeys, faults: ReadonlySet<PscFault>): Promise<JWK> {
  if (faults.has('kid')) return strayKey('psc-of-nowhere');
  if (faults.has('signature')) return strayKey(keys.signing.kid ?? '');
  return faults.has('new-key') ? nextKey() : keys.signing;
}
