import type { Context, Middleware } from 'koa';
import * as oauth from 'oauth4webapi';
import { isAcr, satisfies } from '../assurance/levels.ts';

/** How many beds are free, by ward; invented. */
const BEDS = [
  { ward: 'Cardiologie', free: 3 },
  { ward: 'Pneumologie', free: 0 },
  { ward: 'Réanimation', free: 1 },
];

interface Needs {
  readonly scope: string;
  /** Asked for with RFC 9470 where the token says less. */
  readonly acr?: 'eidas2';
}

const NEEDS: Readonly<Record<string, Needs>> = {
  GET: { scope: 'lits:lire' },
  POST: { scope: 'lits:ecrire', acr: 'eidas2' },
};

/**
 * An API of the sandbox, as a regional one would be: it checks its tokens by itself (RFC 9068 §4, RFC 9449 §7), and asks
 * for a stronger sign-in where one is needed (RFC 9470).
 */
export function createBedsApi(issuer: string): Middleware {
  const path = '/sandbox/api/lits';
  const resource = `${issuer}${path}`;
  const metadata = `${issuer}/.well-known/oauth-protected-resource${path}`;
  const server: oauth.AuthorizationServer = { issuer, jwks_uri: `${issuer}/jwks` };

  /** RFC 6750 §3, RFC 9728 §5.1. */
  function refuse(
    ctx: Context,
    status: number,
    error: string | undefined,
    more: Readonly<Record<string, string>> = {},
  ) {
    const scheme = ctx.get('dpop') === '' ? 'Bearer' : 'DPoP';
    const parameters = { ...(error === undefined ? {} : { error }), ...more, resource_metadata: metadata };
    const written = Object.entries(parameters).map(([name, value]) => `${name}="${value}"`);
    ctx.status = status;
    ctx.set('www-authenticate', `${scheme} ${written.join(', ')}`);
    ctx.body = error === undefined ? {} : { error };
  }

  async function claimsOf(ctx: Context): Promise<oauth.JWTAccessTokenClaims | undefined> {
    const request = new Request(`${issuer}${ctx.url}`, {
      method: ctx.method,
      headers: { authorization: ctx.get('authorization'), ...(ctx.get('dpop') ? { dpop: ctx.get('dpop') } : {}) },
    });
    try {
      const claims = await oauth.validateJwtAccessToken(server, request, resource, {
        [oauth.allowInsecureRequests]: issuer.startsWith('http:'),
      });
      // Bound to a certificate, which nobody shows on this host.
      return claims.cnf && 'x5t#S256' in claims.cnf ? undefined : claims;
    } catch {
      // Whatever is wrong with a token, the answer is the same (RFC 6750 §3.1).
      return undefined;
    }
  }

  return async (ctx, next) => {
    const needs = NEEDS[ctx.method];
    if (ctx.path !== path || !needs) return next();
    ctx.set('cache-control', 'no-store');
    if (ctx.get('authorization') === '') return refuse(ctx, 401, undefined);
    const claims = await claimsOf(ctx);
    if (!claims) return refuse(ctx, 401, 'invalid_token');
    if (
      !String(claims.scope ?? '')
        .split(' ')
        .includes(needs.scope)
    )
      return refuse(ctx, 403, 'insufficient_scope', { scope: needs.scope });
    const proved = isAcr(claims.acr) ? claims.acr : undefined;
    if (needs.acr && !satisfies(proved, needs.acr))
      return refuse(ctx, 401, 'insufficient_user_authentication', {
        error_description: 'a second factor is required',
        acr_values: needs.acr,
      });
    const { sub, client_id, act } = claims;
    ctx.body = { beds: BEDS, asked_by: { sub, client_id, ...(act === undefined ? {} : { act }) } };
  };
}
