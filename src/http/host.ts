import type { Middleware } from 'koa';
import type { Settings } from '../../config/settings.ts';
import { FlowError } from './errors.ts';

/**
 * Any host but ours is 421 before oidc-provider sees it: its discovery document, DPoP `htu` and the audience of client
 * assertions follow the Host header.
 */
export function ownHost(settings: Pick<Settings, 'ISSUER' | 'CPS_ORIGIN' | 'MTLS_ORIGIN'>): Middleware {
  const origins = [settings.ISSUER, settings.CPS_ORIGIN, settings.MTLS_ORIGIN].filter((origin) => origin !== undefined);
  const hosts = new Set(origins.map((origin) => new URL(origin).host));
  return (ctx, next) => {
    const forwarded = ctx.req.headers['x-forwarded-host'];
    const written = ctx.req.headers.host ?? '';
    const host = (typeof forwarded === 'string' ? forwarded : written).toLowerCase();
    // An address in absolute form names a host of its own, which Koa's href believes (RFC 9112 §3.2.2): only who takes us
    // for a forward proxy sends one.
    const absolute = !(ctx.req.url ?? '').startsWith('/');
    // A proxy that forwards the host may itself be reached by another name; without one, the Host header decides.
    if (
      absolute ||
      !hosts.has(host) ||
      ctx.req.rawHeaders.filter((name, i) => i % 2 === 0 && name.toLowerCase() === 'host').length > 1
    ) {
      throw new FlowError('wrong-host', { host: host.slice(0, 100) });
    }
    return next();
  };
}
