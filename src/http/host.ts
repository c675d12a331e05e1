import type { IncomingMessage } from 'node:http';
import type { Middleware } from 'koa';
import type { Settings } from '../../config/settings.ts';
import { FlowError } from './errors.ts';

/** The host a request is for, in lower case. A proxy that forwards it may itself be reached by another name. */
export function hostOf({ headers }: IncomingMessage): string {
  const forwarded = headers['x-forwarded-host'];
  return (typeof forwarded === 'string' ? forwarded : (headers.host ?? '')).toLowerCase();
}

function namesHostTwice({ rawHeaders }: IncomingMessage): boolean {
  let times = 0;
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i];
    if (name?.length === 4 && name.toLowerCase() === 'host') times += 1;
  }
  return times > 1;
}

/**
 * Any host but ours is 421 before oidc-provider sees it: its discovery document, DPoP `htu` and the audience of client
 * assertions follow the Host header.
 */
export function ownHost(settings: Pick<Settings, 'ISSUER' | 'CPS_ORIGIN' | 'MTLS_ORIGIN'>): Middleware {
  const origins = [settings.ISSUER, settings.CPS_ORIGIN, settings.MTLS_ORIGIN].filter((origin) => origin !== undefined);
  const hosts = new Set(origins.map((origin) => new URL(origin).host));
  return (ctx, next) => {
    const host = hostOf(ctx.req);
    // An address in absolute form names a host of its own, which Koa's href believes (RFC 9112 §3.2.2): only who takes us
    // for a forward proxy sends one.
    const absolute = !(ctx.req.url ?? '').startsWith('/');
    if (absolute || !hosts.has(host) || namesHostTwice(ctx.req)) {
      throw new FlowError('wrong-host', { host: host.slice(0, 100) });
    }
    return next();
  };
}

/** Where the card is read, and the files of its pages. */
const ON_CARD_HOST = /^\/(?:carte|assets\/[^/]+)$/;

/**
 * The browser asks for a card on this host: nobody who has none must ever come here, and what is open elsewhere stays
 * there.
 */
export function cardHost(settings: Pick<Settings, 'CPS_ORIGIN'>): Middleware {
  const host = settings.CPS_ORIGIN && new URL(settings.CPS_ORIGIN).host;
  return (ctx, next) => {
    const here = hostOf(ctx.req) === host;
    if (here ? !ON_CARD_HOST.test(ctx.path) : ctx.path === '/carte') throw new FlowError('not-found');
    return next();
  };
}
