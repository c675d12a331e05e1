import { createECDH, createHash } from 'node:crypto';
import type { JWK } from 'jose';
import type { ClientMetadata } from 'oidc-provider';

/** The name of our tests at the suite, which stands in its addresses. */
export const ALIAS = 'mire';

const SECRET = (id: string) => `${id}-conformance-secret-32-characters`;

/**
 * A key that everybody can make, for clients that exist on a test machine alone: the files of tests/conformance/ are the
 * same wherever they are written.
 */
export function testKey(id: string): JWK {
  const ecdh = createECDH('prime256v1');
  ecdh.setPrivateKey(createHash('sha256').update(`mire conformance ${id}`).digest());
  const point = ecdh.getPublicKey();
  const part = (from: number, to: number) => point.subarray(from, to).toString('base64url');
  const d = ecdh.getPrivateKey().toString('base64url');
  return { kty: 'EC', crv: 'P-256', alg: 'ES256', use: 'sig', kid: id, x: part(1, 33), y: part(33, 65), d };
}

const publicKey = (id: string): JWK => {
  const { d: _private, ...key } = testKey(id);
  return key;
};

/** Where the suite waits; the second client of a plan has a query of its own. */
const addresses = (suite: string, second: boolean) => ({
  redirect_uris: [`${suite}/test/a/${ALIAS}/callback${second ? '?dummy1=lorem&dummy2=ipsum' : ''}`],
  post_logout_redirect_uris: [`${suite}/test/a/${ALIAS}/post_logout_redirect`],
});

interface Kept {
  readonly id: string;
  readonly second?: true;
  readonly post?: true;
}

const WITH_SECRET: readonly Kept[] = [{ id: 'suite-1' }, { id: 'suite-2' }, { id: 'suite-post', post: true }];
const FAPI: readonly Kept[] = [
  { id: 'fapi-1' },
  { id: 'fapi-2', second: true },
  { id: 'signing-1' },
  { id: 'signing-2', second: true },
];

const CIBA: readonly Kept[] = [{ id: 'ciba-1' }, { id: 'ciba-2' }];

/** The suite's clients, for the plans that do not register their own. */
export const conformanceClients = (suite: string): ClientMetadata[] => [
  ...WITH_SECRET.map(
    ({ id, post }): ClientMetadata => ({
      ...addresses(suite, false),
      client_id: id,
      client_secret: SECRET(id),
      token_endpoint_auth_method: post ? 'client_secret_post' : 'client_secret_basic',
      grant_types: ['authorization_code', 'refresh_token', 'implicit'],
      response_types: ['code', 'id_token', 'id_token token', 'code id_token', 'code token', 'code id_token token'],
      backchannel_logout_uri: `${suite}/test/a/${ALIAS}/backchannel_logout`,
      backchannel_logout_session_required: true,
    }),
  ),
  ...CIBA.map(
    ({ id }): ClientMetadata => ({
      client_id: id,
      redirect_uris: [],
      response_types: [],
      grant_types: ['urn:openid:params:grant-type:ciba', 'refresh_token'],
      backchannel_token_delivery_mode: 'poll',
      backchannel_authentication_request_signing_alg: 'ES256',
      token_endpoint_auth_method: 'private_key_jwt',
      token_endpoint_auth_signing_alg: 'ES256',
      id_token_signed_response_alg: 'ES256',
      jwks: { keys: [publicKey(id)] },
      // FAPI-CIBA §5.2.2: bound to a certificate, whoever signed it.
      tls_client_certificate_bound_access_tokens: true,
    }),
  ),
  ...FAPI.map(
    ({ id, second }): ClientMetadata => ({
      ...addresses(suite, second === true),
      client_id: id,
      token_endpoint_auth_method: 'private_key_jwt',
      jwks: { keys: [publicKey(id)] },
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      fapi_profile: '2.0',
      pkce_required: true,
      ...(id.startsWith('signing') ? { require_signed_request_object: true } : {}),
    }),
  ),
];

/** What the suite's configuration says of one of them. */
export const withSecret = (id: string) => ({ client_id: id, client_secret: SECRET(id) });

export const withKey = (id: string, scope: string) => ({
  client_id: id,
  scope,
  jwks: { keys: [testKey(id)] },
  dpop_signing_alg: 'ES256',
});
