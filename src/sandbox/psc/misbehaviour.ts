import { once } from 'node:events';
import type { Middleware } from 'koa';
import type { PscFault } from './faults.ts';

/** What goes wrong before anything is understood. */
export function misbehave(faults: ReadonlySet<PscFault>, issuer: string): Middleware {
  return async (ctx, next) => {
    const asksToken = ctx.path.endsWith('/token');
    if (faults.has('down')) {
      ctx.respond = false;
      ctx.req.socket.destroy();
      return;
    }
    if (faults.has('slow') && asksToken) {
      ctx.respond = false;
      await once(ctx.res, 'close');
      return;
    }
    if (faults.has('exchange') && asksToken) {
      ctx.status = 400;
      ctx.body = { error: 'invalid_grant' };
      return;
    }
    if (faults.has('error') && ctx.path === '/auth') {
      const back = new URL(String(ctx.query.redirect_uri));
      for (const [name, value] of Object.entries({
        error: 'invalid_request',
        state: String(ctx.query.state),
        iss: issuer,
      }))
        back.searchParams.set(name, value);
      ctx.redirect(back.href);
      return;
    }
    await next();
  };
}
