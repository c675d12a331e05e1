import { type ClientMetadata, type Configuration, errors, type KoaContextWithOIDC } from 'oidc-provider';
import type { ClientLike } from '../clients/metadata.ts';

/** FAPI 2.0 Security Profile §5.4.1: the only algorithms of such a client, on either side. */
const ALGS: ReadonlySet<unknown> = new Set(['PS256', 'ES256', 'EdDSA', 'Ed25519']);
/** FAPI 2.0 Security Profile §5.3.2.1, 6: how such a client may prove itself. */
const AUTH_METHODS: ReadonlySet<unknown> = new Set([
  'private_key_jwt',
  'tls_client_auth',
  'self_signed_tls_client_auth',
]);
const SIGNED = [
  'id_token_signed_response_alg',
  'authorization_signed_response_alg',
  'introspection_signed_response_alg',
  'userinfo_signed_response_alg',
] as const;
const ITS_OWN = ['token_endpoint_auth_signing_alg', 'request_object_signing_alg'] as const;

export const isFapi = (client: ClientLike | undefined): boolean => client?.fapi_profile === '2.0';

/**
 * What the profile requires of a client's metadata (FAPI 2.0 Security Profile §5.3.2): pushed requests, bound tokens,
 * the code flow alone, sound algorithms. Ours to choose are set; what only the client can mend is refused.
 */
export function applyFapiProfile(metadata: ClientMetadata): void {
  if (metadata.fapi_profile !== '2.0') return;
  const refuse = (reason: string): never => {
    throw new errors.InvalidClientMetadata(`fapi_profile 2.0 ${reason}`);
  };
  if (!AUTH_METHODS.has(metadata.token_endpoint_auth_method))
    refuse('needs private_key_jwt, tls_client_auth or self_signed_tls_client_auth');
  if (metadata.response_types?.some((type) => type !== 'code')) refuse('allows the response type code alone');
  for (const name of ITS_OWN)
    if (metadata[name] !== undefined && !ALGS.has(metadata[name])) refuse(`does not allow this ${name}`);
  metadata.require_pushed_authorization_requests = true;
  if (metadata.tls_client_certificate_bound_access_tokens !== true) metadata.dpop_bound_access_tokens = true;
  for (const name of SIGNED) {
    const value: unknown = metadata[name];
    const isDefault = value === undefined && name !== 'userinfo_signed_response_alg';
    if (isDefault || value === 'RS256') (metadata as Record<string, unknown>)[name] = 'ES256';
  }
}

/** Client assertions: the issuer alone as audience (§5.3.2.1, 8), and a sound algorithm. */
export const assertClientAssertion: NonNullable<Configuration['assertJwtClientAuthClaimsAndHeader']> = async (
  ctx,
  claims,
  header,
  client,
) => {
  if (!isFapi(client)) return;
  if (claims.aud !== ctx.oidc.issuer) throw new errors.InvalidClientAuth('audience (aud) must equal the issuer');
  if (!ALGS.has(header.alg)) throw new errors.InvalidClientAuth('the algorithm is not allowed');
};

/** Of one hour at most (FAPI 2.0 Message Signing §5.3.1). */
const REQUEST_LIFE = 3600;

/** Signed requests (RFC 9101) of such a client; those of the back channel say more (CIBA §7.1.1). */
export async function assertRequestObject(
  ctx: KoaContextWithOIDC,
  claims: { readonly [claim: string]: unknown },
  header: { readonly alg?: unknown },
  client: ClientLike,
): Promise<void> {
  const fapi = isFapi(client);
  const backchannel = ctx.oidc.route === 'backchannel_authentication';
  const required = [...(fapi ? ['exp', 'aud', 'nbf'] : []), ...(backchannel ? ['exp', 'iat', 'nbf', 'jti'] : [])];
  for (const claim of required)
    if (claims[claim] === undefined)
      throw new errors.InvalidRequestObject(`Request Object is missing the '${claim}' claim`);
  if (!fapi) return;
  // A pushed request comes back in a wrapper of ours, unsigned: its own signature was checked when it was pushed.
  const wrapped = header.alg === 'none' && 'PushedAuthorizationRequest' in ctx.oidc.entities;
  if (!wrapped && !ALGS.has(header.alg)) throw new errors.InvalidRequestObject('the algorithm is not allowed');
  const life = Number(claims.exp) - Number(claims.nbf);
  if (!(life > 0 && life <= REQUEST_LIFE))
    throw new errors.InvalidRequestObject("Request Object 'exp' claim too far from 'nbf' claim");
}
