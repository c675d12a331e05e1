import { importPKCS8 } from 'jose';
import * as client from 'openid-client';
import type { Clock } from '../../src/clock.ts';
import { randomToken } from '../../src/protection/secrets.ts';
import { createBreaker } from '../../src/upstream/breaker.ts';
import type { Pending } from '../../src/upstream/pending.ts';
import { type UpstreamAnswer, type UpstreamProvider, UpstreamRefused, type Wish } from '../../src/upstream/provider.ts';
import type { ClientAuthentication, StaticMetadata, UpstreamSettings } from '../../src/upstream/settings.ts';
import { toRefusal } from './fault.ts';
import { createLogoutTokenCheck } from './logout-token.ts';
import { createTransport, persistent } from './transport.ts';

/** What two clocks may differ by, in seconds. */
const TOLERANCE = 60;
const TIMEOUT = 5;
/** How long a discovery document is believed. */
const DOCUMENT_LIFE = 60 * 60 * 1000;

async function authenticationOf(given: ClientAuthentication): Promise<client.ClientAuth> {
  switch (given.method) {
    case 'client_secret_basic':
      return client.ClientSecretBasic(given.secret);
    case 'client_secret_post':
      return client.ClientSecretPost(given.secret);
    case 'tls_client_auth':
      return client.TlsClientAuth();
    case 'private_key_jwt': {
      const key = await importPKCS8(given.key, given.alg);
      return client.PrivateKeyJwt(given.kid ? { key, kid: given.kid } : key);
    }
  }
}

const known = (metadata: { readonly issuer: string } & StaticMetadata): client.ServerMetadata =>
  Object.fromEntries(
    Object.entries(metadata).filter(([, value]) => value !== undefined),
  ) as unknown as client.ServerMetadata;

const text = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);

const isLoopback = (url: string) => ['127.0.0.1', '[::1]', 'localhost'].includes(new URL(url).hostname);

export interface UpstreamParts {
  readonly settings: UpstreamSettings;
  readonly internalHosts: readonly string[];
  readonly clock: Clock;
}

/** One provider over openid-client, whose checks all stand. */
export function createUpstreamProvider({ settings, internalHosts, clock }: UpstreamParts): UpstreamProvider {
  const { issuer, metadata } = settings;
  const breaker = createBreaker(clock);
  const { certificate } = settings;
  const transport = createTransport({ internalHosts, certificate, breaker });
  const discoveryUrl = 'discoveryUrl' in metadata ? metadata.discoveryUrl : undefined;
  let jwksUri = 'discoveryUrl' in metadata ? undefined : metadata.jwks_uri;
  const fetching = persistent(transport, (url) => url === discoveryUrl || url === jwksUri);
  let held: { readonly configuration: client.Configuration; readonly at: number } | undefined;
  let coming: Promise<client.Configuration> | undefined;

  /** Plain http leaves this machine never, whatever a discovery document says. */
  const mayBePlain = (server: client.ServerMetadata) =>
    settings.loopback === true &&
    Object.entries(server).every(
      ([name, value]) => !/(?:_endpoint|^jwks_uri)$/.test(name) || isLoopback(String(value)),
    );

  async function read(): Promise<client.Configuration> {
    const options = {
      // Only the way there: the library refuses plain http by itself.
      execute: settings.loopback && isLoopback(issuer) ? [client.allowInsecureRequests] : [],
      [client.customFetch]: fetching as client.CustomFetch,
      timeout: settings.timeout ?? TIMEOUT,
    };
    const own: Partial<client.ClientMetadata> = {
      [client.clockTolerance]: TOLERANCE,
      ...(settings.idTokenAlg ? { id_token_signed_response_alg: settings.idTokenAlg } : {}),
      ...(settings.userinfoAlg ? { userinfo_signed_response_alg: settings.userinfoAlg } : {}),
      ...(certificate ? { use_mtls_endpoint_aliases: true } : {}),
    };
    const authentication = await authenticationOf(settings.authentication);
    const configuration =
      'discoveryUrl' in metadata
        ? await client.discovery(new URL(metadata.discoveryUrl), settings.clientId, own, authentication, options)
        : new client.Configuration(known({ issuer, ...metadata }), settings.clientId, own, authentication);
    const server = configuration.serverMetadata();
    // The library does not compare it when it is given the whole address of the document.
    if (server.issuer !== issuer) throw new UpstreamRefused('error', 'issuer_differs');
    if (!('discoveryUrl' in metadata) && mayBePlain(server)) client.allowInsecureRequests(configuration);
    if (options.execute.length > 0 && !mayBePlain(server)) throw new UpstreamRefused('error', 'not_loopback');
    configuration[client.customFetch] = fetching as client.CustomFetch;
    configuration.timeout = options.timeout;
    // The signature too, not only the TLS connection that the token came over (OIDC Core §3.1.3.7, 6).
    client.enableNonRepudiationChecks(configuration);
    jwksUri = server.jwks_uri;
    return configuration;
  }

  async function configured(): Promise<client.Configuration> {
    const now = clock().getTime();
    if (held && now - held.at < DOCUMENT_LIFE) return held.configuration;
    coming ??= read().finally(() => {
      coming = undefined;
    });
    try {
      held = { configuration: await coming, at: now };
    } catch (error) {
      // An old document is better than none.
      if (!held) throw toRefusal(error, 'error');
    }
    return held.configuration;
  }

  /** Nobody has seen it answer lately: it is asked before a person is sent to a page that may not come. */
  async function probe(): Promise<void> {
    const address = jwksUri ?? discoveryUrl;
    if (!address) return;
    try {
      await fetching(address, { signal: AbortSignal.timeout((settings.timeout ?? TIMEOUT) * 1000) });
    } catch (error) {
      throw toRefusal(error, 'unavailable');
    }
  }

  async function userinfoOf(configuration: client.Configuration, token: string, subject: string) {
    if (settings.userinfo === false) return {};
    try {
      return await client.fetchUserInfo(configuration, token, subject);
    } catch (error) {
      throw new UpstreamRefused('userinfo', toRefusal(error, 'userinfo').reason, error);
    }
  }

  /** What the library leaves to us. */
  function checkClaims(claims: client.IDToken): void {
    const latest = clock().getTime() / 1000 + TOLERANCE;
    if (claims.iat > latest || (claims.auth_time ?? 0) > latest) throw new UpstreamRefused('clock', 'in_the_future');
    if (claims.azp !== undefined && claims.azp !== settings.clientId) throw new UpstreamRefused('token', 'azp');
    const { acceptedAcr } = settings;
    if (acceptedAcr && claims.acr !== undefined && !acceptedAcr.includes(String(claims.acr)))
      throw new UpstreamRefused('level', 'acr');
  }

  return {
    id: settings.id,
    formTargets() {
      const own = new URL(issuer).origin;
      const page = held?.configuration.serverMetadata().authorization_endpoint;
      if (page) return [own, new URL(page).origin];
      // Asked for beforehand, so that the next one knows; nobody waits for it here.
      if (!breaker.isOpen()) configured().catch(() => undefined);
      return [own, 'https:'];
    },
    available: () => !breaker.isOpen(),

    async start(state: string, { maxAge, prompt, hints = {} }: Wish) {
      if (breaker.isOpen()) throw new UpstreamRefused('unavailable', 'left_alone');
      const configuration = await configured();
      const verifier = client.randomPKCECodeVerifier();
      const least = prompt === 'login' ? 0 : maxAge;
      const pending: Pending = {
        state,
        nonce: randomToken(),
        verifier,
        startedAt: clock().toISOString(),
        ...(least === undefined ? {} : { maxAge: least }),
      };
      const parameters = {
        ...hints,
        ...settings.parameters,
        redirect_uri: settings.redirectUri,
        scope: settings.scope,
        state,
        nonce: pending.nonce,
        code_challenge: await client.calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256',
        ...(prompt ? { prompt } : {}),
        ...(least === undefined ? {} : { max_age: String(least) }),
      };
      let url: URL;
      try {
        url = client.buildAuthorizationUrl(configuration, parameters);
      } catch (error) {
        throw toRefusal(error, 'error');
      }
      if (breaker.isDoubtful()) await probe();
      return { url, pending };
    },

    async finish(answer: URLSearchParams, pending: Pending): Promise<UpstreamAnswer> {
      const configuration = await configured();
      const back = new URL(settings.redirectUri);
      back.search = answer.toString();
      // The age is judged as it was when we asked: what the person did since then is fresh.
      const passed = Math.max(0, Math.ceil((clock().getTime() - Date.parse(pending.startedAt)) / 1000));
      try {
        const tokens = await client.authorizationCodeGrant(configuration, back, {
          pkceCodeVerifier: pending.verifier,
          expectedState: pending.state,
          expectedNonce: pending.nonce,
          idTokenExpected: true,
          ...(pending.maxAge === undefined ? {} : { maxAge: pending.maxAge + passed }),
        });
        const claims = tokens.claims();
        if (!claims || !tokens.id_token) throw new UpstreamRefused('token', 'none');
        checkClaims(claims);
        return {
          subject: claims.sub,
          sid: text(claims.sid),
          acr: text(claims.acr),
          authenticatedAt: claims.auth_time === undefined ? undefined : new Date(claims.auth_time * 1000),
          idToken: tokens.id_token,
          idClaims: claims,
          userinfo: await userinfoOf(configuration, tokens.access_token, claims.sub),
        };
      } catch (error) {
        throw toRefusal(error, 'token');
      }
    },

    async logoutUrl({ idToken, returnTo, state }) {
      if (breaker.isOpen()) return undefined;
      try {
        const configuration = await configured();
        if (!configuration.serverMetadata().end_session_endpoint) return undefined;
        if (breaker.isDoubtful()) await probe();
        return client.buildEndSessionUrl(configuration, {
          id_token_hint: idToken,
          post_logout_redirect_uri: returnTo,
          state,
        });
      } catch {
        // Our own session has ended; theirs will by itself.
        return undefined;
      }
    },

    checkLogoutToken: createLogoutTokenCheck({
      issuer,
      clientId: settings.clientId,
      transport: fetching,
      clock,
      tolerance: TOLERANCE,
      jwksUri: async () => (await configured()).serverMetadata().jwks_uri,
    }),
  };
}
