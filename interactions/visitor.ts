import type { Context } from 'koa';
import type { Csrf } from '../src/http/csrf.ts';
import { randomToken } from '../src/protection/secrets.ts';

const TOKEN = /^[\w-]{43}$/;
const nameOf = (ctx: Context) => (ctx.secure ? '__Host-mire_visitor' : 'mire_visitor');

/** Forms of pages that nobody needs to be signed in to: their token is tied to a cookie of the browser. */
export function createVisitor(csrf: Csrf) {
  const known = (ctx: Context): string | undefined => {
    const value = ctx.cookies.get(nameOf(ctx), { signed: false });
    return value && TOKEN.test(value) ? value : undefined;
  };
  return {
    token(ctx: Context): string {
      let value = known(ctx);
      if (!value) {
        value = randomToken();
        ctx.cookies.set(nameOf(ctx), value, {
          signed: false,
          httpOnly: true,
          secure: ctx.secure,
          sameSite: 'lax',
          path: '/',
          overwrite: true,
        });
      }
      return csrf.token(`visitor:${value}`);
    },
    /** @throws {FlowError} `csrf` */
    check(ctx: Context): void {
      csrf.check(`visitor:${known(ctx) ?? randomToken()}`, (ctx.request as { body?: { _csrf?: unknown } }).body?._csrf);
    },
  };
}
