import Router from '@koa/router';
import { FlowError } from '../../src/http/errors.ts';
import { noStore } from '../../src/http/headers.ts';
import { PSC_AFTER_LOGOUT, PSC_CALLBACK, type Psc } from '../../src/psc/psc.ts';
import type { UpstreamLogout } from '../../src/upstream/logout.ts';

export interface CallbackParts {
  readonly psc: Psc | undefined;
  readonly upstreamLogout: UpstreamLogout;
}

/**
 * The fixed addresses that providers send the browser to. None decides anything: the browser is brought back to where it
 * left, and there, under the interaction's own cookie, the answer is read.
 */
export function createCallbacks({ psc, upstreamLogout }: CallbackParts): Router {
  const router = new Router();

  if (psc) {
    router.get(PSC_CALLBACK, (ctx) => {
      const { state } = ctx.query;
      const uid = typeof state === 'string' ? psc.states.read(state) : undefined;
      if (!uid) throw new FlowError('upstream-state');
      noStore(ctx);
      ctx.status = 303;
      ctx.redirect(`/interaction/${uid}/psc/return?${ctx.querystring}`);
    });
    router.get(PSC_AFTER_LOGOUT, (ctx) => upstreamLogout.back(ctx));
  }
  return router;
}
