import type { KoaContextWithOIDC } from 'oidc-provider';
import type { Vault } from '../protection/secrets.ts';
import { proofClaims } from './resources.ts';
import { GRANT_CLAIM, sealGrant } from './subject-token.ts';
import { exchangedClaims } from './token-exchange.ts';

/** What an access token says beside the library's own claims: how the person signed in, who acts, what it rests on. */
export function tokenClaims(
  ctx: KoaContextWithOIDC | undefined,
  token: object,
  vault: Vault,
): Record<string, unknown> | undefined {
  const { grantId, resourceServer } = token as {
    grantId?: string;
    resourceServer?: { readonly accessTokenFormat?: string };
  };
  const claims = exchangedClaims(token) ?? proofClaims(ctx);
  // An opaque token is found with its grant; a JWT must name it.
  if (grantId === undefined || resourceServer?.accessTokenFormat !== 'jwt') return claims;
  return { ...claims, [GRANT_CLAIM]: sealGrant(vault, grantId) };
}
