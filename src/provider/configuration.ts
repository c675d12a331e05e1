import { createHmac } from 'node:crypto';
import type { AdapterFactory, ClientMetadata, Configuration, FindAccount, KoaContextWithOIDC } from 'oidc-provider';
import { CLAIMS, SCOPES } from '../../config/claims.ts';
import { integratorDomains } from '../../config/client-settings.ts';
import { ACR_VALUES, MODE_IDS } from '../../config/modes.ts';
import type { Settings } from '../../config/settings.ts';
import { createMayIntegrate } from '../clients/integrators.ts';
import { type ClientLike, isFirstParty, needsPkce, OWN_METADATA, resourceServerOf } from '../clients/metadata.ts';
import type { Clock } from '../clock.ts';
import { DESKTOP_SCOPE } from '../desktop/caller.ts';
import { CookieSigner } from '../http/cookie-signer.ts';
import type { Limits } from '../protection/limits.ts';
import type { Vault } from '../protection/secrets.ts';
import type { Storage } from '../storage.ts';
import { tokenClaims } from './access-tokens.ts';
import { countedAdapter } from './anonymous-requests.ts';
import { createCiba } from './ciba.ts';
import { assertClientAssertion, assertRequestObject, isFapi } from './fapi.ts';
import { createLoadExistingGrant } from './grants.ts';
import { createLives } from './lives.ts';
import { type CertificateOf, createMtls, MTLS_AUTH_METHODS, mtlsDiscovery } from './mtls.ts';
import { createFetch } from './outgoing.ts';
import { createPolicy } from './policy.ts';
import { createRegistrationPolicy, REGISTRATION_POLICY, validateOwnMetadata } from './registration.ts';
import { createResources } from './resources.ts';
import { ROUTES } from './routes.ts';

/** The screens that the library asks for, in the house style; given by the interactions. */
export interface ProviderPages {
  renderError: NonNullable<Configuration['renderError']>;
  logoutSource(ctx: KoaContextWithOIDC, form: string): Promise<void>;
  postLogoutSuccessSource(ctx: KoaContextWithOIDC): Promise<void>;
  userCodeInputSource(ctx: KoaContextWithOIDC, form: string, out?: unknown, error?: unknown): Promise<void>;
  userCodeConfirmSource(
    ctx: KoaContextWithOIDC,
    form: string,
    client: unknown,
    deviceInfo: unknown,
    userCode: string,
  ): Promise<void>;
  successSource(ctx: KoaContextWithOIDC): Promise<void>;
}

export interface ProviderParts {
  readonly settings: Settings;
  readonly storage: Storage;
  readonly limits: Limits;
  readonly clock: Clock;
  readonly adapter: AdapterFactory;
  readonly jwks: NonNullable<Configuration['jwks']>;
  readonly findAccount: FindAccount;
  readonly pages: ProviderPages;
  readonly vault: Vault;
  readonly certificateOf: CertificateOf;
  readonly conformance: boolean;
  /** The platform's own clients; those in the database come beside them. */
  readonly clients: readonly ClientMetadata[];
}

interface TokenLike {
  readonly accountId?: string | undefined;
  readonly grantId?: string | undefined;
  readonly clientId?: string | undefined;
  readonly aud?: string | string[] | undefined;
}

/** What a desktop application must know, and finds where everything else stands. */
const desktopDiscovery = ({ ISSUER, DESKTOP_SCHEME, DESKTOP_LOOPBACK_PORT }: Settings) => ({
  desktop_endpoint: `${ISSUER}/desktop`,
  desktop_link_scheme: DESKTOP_SCHEME,
  ...(DESKTOP_LOOPBACK_PORT ? { desktop_loopback_port: DESKTOP_LOOPBACK_PORT } : {}),
});

const ownToken = (_ctx: KoaContextWithOIDC, client: ClientLike, token: TokenLike): boolean =>
  token.clientId === client.clientId;

/**
 * Its own, and those that were made for the API that it is; as long as whoever stands behind it may still open the
 * application, which userinfo asks of the same function.
 */
const introspectable =
  (findAccount: FindAccount) =>
  async (ctx: KoaContextWithOIDC, client: ClientLike, token: TokenLike): Promise<boolean> => {
    const forThisApi = token.aud !== undefined && token.aud === resourceServerOf(client);
    if (token.clientId !== client.clientId && !forThisApi) return false;
    return token.accountId === undefined || Boolean(await findAccount(ctx, token.accountId, token as never));
  };

export function createConfiguration({
  settings,
  storage,
  limits,
  clock,
  adapter,
  jwks,
  findAccount,
  pages,
  clients,
  vault,
  certificateOf,
}: ProviderParts): Configuration {
  const sandbox = settings.MIRE_ENV === 'sandbox';
  const https = settings.ISSUER.startsWith('https:');
  const pairwiseKey = Buffer.from(settings.PAIRWISE_KEY, 'base64');

  return {
    adapter: countedAdapter(adapter, limits),
    clients: [...clients],
    jwks,
    findAccount,
    routes: ROUTES,
    acrValues: [...ACR_VALUES],
    scopes: [...SCOPES, DESKTOP_SCOPE, ...settings.RESOURCES.flatMap(({ scopes }) => Object.keys(scopes))],
    claims: Object.fromEntries(Object.entries(CLAIMS).map(([scope, names]) => [scope, [...names]])),
    subjectTypes: ['public', 'pairwise'],
    pairwiseIdentifier: (_ctx, accountId, client) =>
      createHmac('sha256', pairwiseKey).update(`${client.sectorIdentifier}\0${accountId}`).digest('base64url'),
    responseTypes: ['code'],
    allowOmittingSingleRegisteredRedirectUri: false,
    pkce: { required: (_ctx, client) => needsPkce(client) },
    clientDefaults: {
      grant_types: ['authorization_code'],
      response_types: ['code'],
      id_token_signed_response_alg: 'RS256',
    },
    clientAuthMethods: [
      'client_secret_basic',
      'client_secret_post',
      'client_secret_jwt',
      'private_key_jwt',
      'none',
      ...(settings.MTLS_ORIGIN === undefined ? [] : MTLS_AUTH_METHODS),
    ],
    assertJwtClientAuthClaimsAndHeader: assertClientAssertion,
    discovery: { ...mtlsDiscovery(settings.MTLS_ORIGIN, true), ...desktopDiscovery(settings) },
    extraTokenClaims: async (ctx, token) => tokenClaims(ctx, token, vault),
    extraClientMetadata: { properties: Object.keys(OWN_METADATA), validator: validateOwnMetadata },
    // Opens one tab directly; an unknown value is no mode and is ignored.
    extraParams: {
      mode: (ctx, value) => {
        const params = ctx.oidc.params as Record<string, unknown>;
        if (value !== undefined && !MODE_IDS.some((id) => id === value)) params.mode = undefined;
      },
      // The structure whose people this application knows; one that is unknown is ignored, whichever way it came.
      structure_hint: (ctx, value) => {
        const params = ctx.oidc.params as Record<string, unknown>;
        if (value !== undefined && !/^[A-Za-z0-9-]{1,40}$/.test(value)) params.structure_hint = undefined;
      },
      // For Pro Santé Connect, which it tells the provider of a hospital; read by the mode.
      kc_idp_hint: null,
    },
    enabledJWA: {
      idTokenSigningAlgValues: ['RS256', 'ES256', 'EdDSA'],
      userinfoSigningAlgValues: ['RS256', 'ES256', 'EdDSA'],
      introspectionSigningAlgValues: ['RS256', 'ES256', 'EdDSA'],
      authorizationSigningAlgValues: ['RS256', 'ES256', 'EdDSA'],
      dPoPSigningAlgValues: ['ES256', 'PS256', 'Ed25519', 'EdDSA'],
    },
    ttl: createLives(settings, clock) as NonNullable<Configuration['ttl']>,
    cookies: {
      // The library hands it to `cookies`, which asks no more of it than this.
      keys: new CookieSigner(settings.COOKIE_KEYS) as unknown as string[],
      // The interaction's cookies are bound to its path, so that two tabs do not meet: `__Host-` would forbid that.
      names: https
        ? { session: '__Host-mire_session', interaction: '__Secure-mire_interaction', resume: '__Secure-mire_resume' }
        : { session: 'mire_session', interaction: 'mire_interaction', resume: 'mire_resume' },
      long: { httpOnly: true, sameSite: 'lax', secure: https, path: '/', signed: true },
      short: { httpOnly: true, sameSite: 'lax', secure: https, signed: true },
    },
    interactions: {
      policy: createPolicy(createMayIntegrate(storage, integratorDomains(settings))),
      url: (_ctx, interaction) => `/interaction/${interaction.uid}`,
    },
    loadExistingGrant: createLoadExistingGrant(storage),
    issueRefreshToken: async (_ctx, client, source) =>
      client.grantTypeAllowed('refresh_token') &&
      (isFirstParty(client) || source.scopes.has('offline_access') || source.scopes.has(DESKTOP_SCOPE)),
    expiresWithSession: async (_ctx, token) => {
      const { scopes } = token as { scopes: Set<string> };
      return !scopes.has('offline_access') && !scopes.has(DESKTOP_SCOPE);
    },
    // A FAPI client's is bound to the client, and rotation would only lose it (FAPI 2.0 Security Profile §5.3.2.1, 11).
    rotateRefreshToken: (ctx) => !isFapi(ctx.oidc.client),
    revokeGrantPolicy: () => true,
    renderError: pages.renderError,
    fetch: createFetch({ internalHosts: settings.INTERNAL_HOSTS }),
    features: {
      devInteractions: { enabled: false },
      backchannelLogout: { enabled: true },
      ciba: createCiba({ storage, limits, clock, settings }),
      claimsParameter: { enabled: true },
      clientCredentials: { enabled: true },
      deviceFlow: {
        enabled: true,
        charset: 'base-20',
        mask: '****-****',
        userCodeInputSource: pages.userCodeInputSource,
        userCodeConfirmSource: pages.userCodeConfirmSource,
        successSource: pages.successSource,
      },
      dPoP: {
        enabled: true,
        nonceSecret: Buffer.from(settings.DPOP_KEY, 'base64'),
        requireNonce: (ctx) => isFapi(ctx.oidc.client),
      },
      encryption: { enabled: true },
      externalSigningSupport: { enabled: true, ack: 'experimental-01' },
      fapi: { enabled: true, profile: (_ctx, client) => (isFapi(client) ? '2.0' : undefined) },
      introspection: { enabled: true, allowedPolicy: introspectable(findAccount) },
      jwtIntrospection: { enabled: true },
      jwtResponseModes: { enabled: true },
      jwtUserinfo: { enabled: true },
      mTLS: createMtls(settings.MTLS_ORIGIN, certificateOf),
      pushedAuthorizationRequests: { enabled: true },
      registration: {
        enabled: true,
        initialAccessToken: true,
        issueRegistrationAccessToken: true,
        policies: {
          [REGISTRATION_POLICY]: createRegistrationPolicy({
            limits,
            storage,
            sandbox,
            platform: settings.PLATFORM_NAME,
          }),
        },
      },
      registrationManagement: { enabled: true, rotateRegistrationAccessToken: true },
      requestObjects: { enabled: true, assertJwtClaimsAndHeader: assertRequestObject },
      resourceIndicators: createResources(settings.RESOURCES),
      revocation: { enabled: true, allowedPolicy: ownToken },
      rpInitiatedLogout: {
        enabled: true,
        logoutSource: pages.logoutSource,
        postLogoutSuccessSource: pages.postLogoutSuccessSource,
      },
    },
  };
}
