import type { Middleware } from 'koa';
import type { Settings } from '../../config/settings.ts';
import type { Clock } from '../clock.ts';

const PATH = '/.well-known/security.txt';
/** RFC 9116 §2.5.5 advises less than a year; it is made anew at each request, so that it never runs out. */
const GOOD_FOR = 30 * 24 * 60 * 60 * 1000;

/** To whom whoever found a weakness writes (RFC 9116); nothing is served where nobody said. */
export function securityTxt(
  { SECURITY_CONTACT, ISSUER }: Pick<Settings, 'SECURITY_CONTACT' | 'ISSUER'>,
  clock: Clock,
): Middleware {
  return (ctx, next) => {
    if (ctx.path !== PATH || SECURITY_CONTACT.length === 0 || !['GET', 'HEAD'].includes(ctx.method)) return next();
    ctx.type = 'text/plain; charset=utf-8';
    ctx.set('cache-control', 'public, max-age=3600');
    ctx.body = [
      ...SECURITY_CONTACT.map((contact) => `Contact: ${contact}`),
      `Expires: ${new Date(clock().getTime() + GOOD_FOR).toISOString()}`,
      'Preferred-Languages: fr, en',
      `Canonical: ${ISSUER}${PATH}`,
      '',
    ].join('\n');
    return undefined;
  };
}
