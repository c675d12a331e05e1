import { generateKeyPairSync } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type CryptoKey, exportJWK, generateKeyPair, SignJWT } from 'jose';
import Provider, { type AdapterFactory, type ClientMetadata } from 'oidc-provider';
import { randomToken } from '../../src/protection/secrets.ts';

export const ACCOUNT = '0c9a2f6e-52b0-4a54-a1d8-6b9f0d3c7e11';
export const REDIRECT_URI = 'https://portail.example/callback';
const SECRET = 'portail-secret-of-the-test-suite-only';

export interface Answer {
  readonly status: number;
  readonly body: Record<string, unknown>;
  readonly location: URL | undefined;
}

/** A real oidc-provider on HTTP, with one adapter and nothing of ours around it. */
export interface OidcServer {
  readonly provider: Provider;
  /** What the library reported as its own failure. */
  readonly failures: Error[];
  /** POST with the confidential client's credentials, unless `form` names another way. */
  post(path: string, form: Record<string, string>, headers?: Record<string, string>): Promise<Answer>;
  get(path: string, headers: Record<string, string>): Promise<Answer>;
  grant(): Promise<string>;
  code(grantId: string): Promise<string>;
  /** A client assertion (RFC 7523) of the client that signs. */
  assertion(): Promise<string>;
  /** A DPoP proof (RFC 9449) for a POST to this path. */
  proof(path: string): Promise<string>;
  stop(): Promise<void>;
}

export async function startOidc(adapter: AdapterFactory): Promise<OidcServer> {
  const server = createServer();
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const signing = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ format: 'jwk' });
  const client = await generateKeyPair('ES256', { extractable: true });
  // Stored, not configured: the library clones configured clients with structuredClone, whose objects have another
  // realm's constructor under Jest, and then refuses their keys.
  const jwk = { ...(await exportJWK(client.publicKey)), kty: 'EC', alg: 'ES256', use: 'sig', kid: 'c' };
  await adapter('Client').upsert(SIGNER.client_id, { ...SIGNER, jwks: { keys: [jwk] } });
  const provider = new Provider(issuer, {
    adapter,
    jwks: { keys: [{ ...signing, kty: 'RSA', alg: 'RS256', use: 'sig', kid: 'test' }] },
    clients: [PORTAIL],
    cookies: { keys: [randomToken()], long: { signed: false }, short: { signed: false } },
    features: {
      clientCredentials: { enabled: true },
      devInteractions: { enabled: false },
      dPoP: { enabled: true, nonceSecret: Buffer.alloc(32, 7) },
      introspection: { enabled: true, allowedPolicy: () => true },
      revocation: { enabled: true, allowedPolicy: () => true },
    },
    revokeGrantPolicy: () => true,
    issueRefreshToken: () => true,
    rotateRefreshToken: true,
    pkce: { required: () => false },
    ttl: {
      Interaction: 3600,
      Session: 1800,
      Grant: 3600,
      AuthorizationCode: 60,
      AccessToken: 600,
      RefreshToken: 3600,
      ClientCredentials: 600,
      IdToken: 300,
    },
    findAccount: (_ctx, id) => ({ accountId: id, claims: () => ({ sub: id }) }),
  });
  const failures: Error[] = [];
  provider.on('server_error', (_ctx, error) => failures.push(error));
  server.on('request', provider.callback());

  const ask = async (path: string, init: RequestInit): Promise<Answer> => {
    const response = await fetch(issuer + path, { ...init, redirect: 'manual' });
    const text = await response.text();
    const location = response.headers.get('location');
    return {
      status: response.status,
      body: text.startsWith('{') ? (JSON.parse(text) as Record<string, unknown>) : {},
      location: location ? new URL(location) : undefined,
    };
  };
  const basic = `Basic ${Buffer.from(`portail:${SECRET}`).toString('base64')}`;

  return {
    provider,
    failures,
    post: (path, form, headers) =>
      ask(path, {
        method: 'POST',
        headers: { accept: 'application/json', ...(form.client_assertion ? {} : { authorization: basic }), ...headers },
        body: new URLSearchParams(form),
      }),
    get: (path, headers) => ask(path, { headers: { accept: 'application/json', ...headers } }),
    async grant() {
      const grant = new provider.Grant({ accountId: ACCOUNT, clientId: 'portail' });
      grant.addOIDCScope('openid offline_access');
      return grant.save();
    },
    async code(grantId) {
      const found = await provider.Client.find('portail');
      if (!found) throw new Error('the client of this suite is gone');
      const code = new provider.AuthorizationCode({
        accountId: ACCOUNT,
        client: found,
        grantId,
        redirectUri: REDIRECT_URI,
        scope: 'openid offline_access',
        authTime: 1,
      } as ConstructorParameters<typeof provider.AuthorizationCode>[0]);
      return code.save();
    },
    assertion: () => sign(client.privateKey, { kid: 'c' }, { iss: 'signer', sub: 'signer', aud: issuer }),
    async proof(path) {
      const jwk = await exportJWK(client.publicKey);
      return sign(client.privateKey, { typ: 'dpop+jwt', jwk }, { htm: 'POST', htu: issuer + path });
    },
    async stop() {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}

const sign = (key: CryptoKey, header: object, claims: Record<string, string>): Promise<string> =>
  new SignJWT({ ...claims, jti: randomToken() })
    .setProtectedHeader({ alg: 'ES256', ...header })
    .setIssuedAt()
    .setExpirationTime('60s')
    .sign(key);

const PORTAIL: ClientMetadata = {
  client_id: 'portail',
  client_secret: SECRET,
  redirect_uris: [REDIRECT_URI],
  grant_types: ['authorization_code', 'refresh_token', 'client_credentials'],
  response_types: ['code'],
};

const SIGNER: ClientMetadata = {
  client_id: 'signer',
  token_endpoint_auth_method: 'private_key_jwt',
  redirect_uris: [],
  grant_types: ['client_credentials'],
  response_types: [],
};
