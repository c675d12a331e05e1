import Router from '@koa/router';
import { readForm } from '../http/form.ts';
import { requestInfo } from '../http/request.ts';
import type { Log } from '../log.ts';
import type { Logout } from '../provider/logout.ts';
import { type LogoutToken, type UpstreamProvider, UpstreamRefused } from './provider.ts';

export interface BackchannelParts {
  readonly provider: UpstreamProvider;
  readonly logout: Logout;
  readonly log: Log;
}

class Replayed extends Error {}

/**
 * Another provider ended a session of its own: what rests on it here ends too (Back-Channel Logout §2.5-2.8). A token is
 * used up in the transaction that ends them, so that one that failed may come again.
 */
export function createBackchannelLogout(path: string, { provider, logout, log }: BackchannelParts): Router {
  const router = new Router();

  async function end(token: LogoutToken, request: Parameters<typeof requestInfo>[0]): Promise<number> {
    const { jti, expiresAt, sid, subject } = token;
    const { supportCode, address } = requestInfo(request);
    return logout.end({ upstream: { provider: provider.id, sid, subject } }, 'upstream', {
      line: { supportCode, address, mode: provider.id },
      also: async (tx) => {
        if (!(await tx.signIns.spendLogoutToken({ provider: provider.id, jti, expiresAt }))) throw new Replayed();
      },
    });
  }

  router.post(path, async (ctx) => {
    await readForm(ctx, async () => undefined);
    ctx.set('cache-control', 'no-store');
    const token = (ctx.request as { body?: { logout_token?: unknown } }).body?.logout_token;
    try {
      if (typeof token !== 'string' || token === '') throw new UpstreamRefused('logout', 'no_token');
      const ended = await end(await provider.checkLogoutToken(token), ctx.req);
      log.info({ provider: provider.id, ended }, 'sessions ended by their provider');
      ctx.status = 200;
      ctx.body = '';
    } catch (error) {
      const replayed = error instanceof Replayed;
      if (!replayed && !(error instanceof UpstreamRefused)) throw error;
      const { supportCode } = requestInfo(ctx.req);
      const reason = replayed ? 'replayed' : error.reason;
      log.warn({ provider: provider.id, supportCode, reason }, 'a logout token was refused');
      // It may come again when what we could not reach answers; anything else is its own fault.
      ctx.status = !replayed && error.fault === 'unavailable' ? 503 : 400;
      ctx.body = { error: ctx.status === 503 ? 'temporarily_unavailable' : 'invalid_request' };
    }
  });
  return router;
}
