import type { Middleware } from 'koa';
import type { Settings } from '../../config/settings.ts';
import { addressMatcher } from '../protection/address.ts';

/** Headers that only a proxy of ours may set. The card's own join with the mode that reads them. */
const PROXY_HEADERS = [
  'forwarded',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-proto',
  'x-forwarded-port',
  'x-real-ip',
];

/**
 * Forwarded headers count only from listed addresses; from anybody else they are dropped before anything reads them.
 * Koa itself, with `proxy` on, would believe everyone.
 */
export function trustedProxy(settings: Pick<Settings, 'TRUSTED_PROXIES'>): Middleware {
  const trusted = addressMatcher(settings.TRUSTED_PROXIES);
  return (ctx, next) => {
    const { headers } = ctx.req;
    if (!trusted(ctx.req.socket.remoteAddress)) {
      for (const name of PROXY_HEADERS) delete headers[name];
    } else {
      // One value each: a proxy that appends to what the client wrote is not to be read from the left.
      for (const name of ['x-forwarded-host', 'x-forwarded-proto']) {
        const value = headers[name];
        if (typeof value === 'string') headers[name] = value.split(',').at(-1)?.trim() ?? '';
      }
    }
    return next();
  };
}
