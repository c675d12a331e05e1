import type { Middleware } from 'koa';
import type { KoaContextWithOIDC } from 'oidc-provider';
import type { Settings } from '../../config/settings.ts';
import { DESKTOP_SCOPE } from '../desktop/caller.ts';
import { ROUTES } from './routes.ts';

/** Where desktop applications talk to us: docs/desktop-protocol.md. */
const DESKTOP = '/desktop';
const WELL_KNOWN = '/.well-known/oauth-protected-resource';

/** What a client reads to know how to call an API of ours (RFC 9728 §2). */
function metadata(settings: Settings, path: string): Record<string, unknown> | undefined {
  const { ISSUER: issuer, MTLS_ORIGIN } = settings;
  const common = {
    resource: `${issuer}${path}`,
    authorization_servers: [issuer],
    bearer_methods_supported: ['header'],
    dpop_signing_alg_values_supported: ['ES256', 'PS256', 'Ed25519', 'EdDSA'],
    tls_client_certificate_bound_access_tokens: MTLS_ORIGIN !== undefined,
  };
  if (path === ROUTES.userinfo)
    return {
      ...common,
      resource_name: settings.PLATFORM_NAME,
      scopes_supported: ['openid'],
      jwks_uri: `${issuer}/jwks`,
    };
  if (path === DESKTOP)
    return {
      ...common,
      resource_name: 'MonSisra',
      scopes_supported: [DESKTOP_SCOPE],
      dpop_bound_access_tokens_required: true,
      dpop_signing_alg_values_supported: ['ES256', 'EdDSA'],
    };
  const server = settings.RESOURCES.find(({ resource }) => resource === `${issuer}${path}`);
  return server && { ...common, resource_name: server.name, scopes_supported: Object.keys(server.scopes) };
}

/** Metadata of the APIs on our own host: userinfo, the desktop's, and whatever RESOURCES declares here (RFC 9728 §3). */
export function resourceMetadata(settings: Settings): Middleware {
  return async (ctx, next) => {
    if (!ctx.path.startsWith(`${WELL_KNOWN}/`) || !['GET', 'HEAD'].includes(ctx.method)) {
      await next();
      const challenge = ctx.response.get('www-authenticate');
      if (ctx.path.startsWith(`${DESKTOP}/`) && challenge !== '')
        ctx.set('www-authenticate', described(settings.ISSUER, challenge, DESKTOP));
      return;
    }
    const body = metadata(settings, ctx.path.slice(WELL_KNOWN.length));
    if (!body) return void (await next());
    ctx.set('access-control-allow-origin', '*');
    ctx.set('cache-control', 'public, max-age=3600');
    ctx.body = body;
  };
}

const described = (issuer: string, challenge: string, path: string) =>
  `${challenge}, resource_metadata="${issuer}${WELL_KNOWN}${path}"`;

/** A refusal of userinfo says where that is written (RFC 9728 §5.1). */
export function resourceChallenge(issuer: string) {
  return async (ctx: KoaContextWithOIDC, next: () => Promise<void>) => {
    await next();
    const challenge = ctx.response.get('www-authenticate');
    if (ctx.path !== ROUTES.userinfo || challenge === '') return;
    ctx.set('www-authenticate', described(issuer, challenge, ROUTES.userinfo));
  };
}
