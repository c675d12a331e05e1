import type { Context } from 'koa';
import type { KoaContextWithOIDC } from 'oidc-provider';
import { LIVES } from '../../config/lives.ts';
import { ROUTES } from './routes.ts';

/** Seconds for which a page left open can be begun again; a browser keeps but so many cookies. */
const AGAIN = 2 * 60 * 60;
/** With the answer's other headers it stays under what proxies take in all (nginx: 4 kB, unless told otherwise). */
const MOST = 1500;

const nameOf = (ctx: Pick<Context, 'secure'>) => (ctx.secure ? '__Secure-mire_request' : 'mire_request');

/** The cookies of an interaction outlive what is kept of it first: its life may grow, and its browser is known afterwards. */
function lengthen(ctx: KoaContextWithOIDC): void {
  const set = ctx.response.get('set-cookie') as unknown as string | string[];
  const { provider } = ctx.oidc;
  const named = new RegExp(`^(?:${provider.cookieName('interaction')}|${provider.cookieName('resume')})(?:\\.sig)?=`);
  const until = new Date(Date.now() + LIVES.interaction * 1000).toUTCString();
  const longer = [set]
    .flat()
    .map((line) => (named.test(line) ? line.replace(/expires=[^;]+/i, `expires=${until}`) : line));
  ctx.set('set-cookie', longer);
}

/**
 * What is kept of somebody who takes no step goes soon. The browser keeps the request itself, for the page that was left
 * open: it is the address that the application sent, and can be sent again. A pushed one cannot, and is kept longer.
 */
export async function beginAgain(ctx: KoaContextWithOIDC, next: () => Promise<void>): Promise<void> {
  await next();
  const { route, entities } = ctx.oidc ?? {};
  const interaction = entities?.Interaction;
  if (route !== 'authorization' || !interaction || ctx.status !== 303) return;
  lengthen(ctx);
  const value = Buffer.from(ctx.querystring).toString('base64url');
  if (ctx.method !== 'GET' || ctx.query.request_uri !== undefined || value.length > MOST) return;
  ctx.cookies.set(nameOf(ctx), value, {
    signed: false,
    httpOnly: true,
    sameSite: 'lax',
    secure: ctx.secure,
    path: `/interaction/${interaction.uid}`,
    maxAge: AGAIN * 1000,
    overwrite: true,
  });
}

/** Where the request of this page is begun again, if its browser kept it. */
export function againHref(ctx: Context): string | undefined {
  const kept = ctx.cookies.get(nameOf(ctx), { signed: false });
  const query = kept && Buffer.from(kept, 'base64url').toString();
  return query && /^[\x21-\x7e]+$/.test(query) ? `${ROUTES.authorization}?${query}` : undefined;
}
