import Router, { type RouterContext } from '@koa/router';
import type { Context, Middleware } from 'koa';
import { z } from 'zod';
import type { Account } from '../../src/accounts/account.ts';
import type { Approvals } from '../../src/desktop/approvals.ts';
import type { Callers, DesktopCall } from '../../src/desktop/caller.ts';
import type { SignedInDesktop } from '../../src/desktop/device.ts';
import type { DesktopSessions } from '../../src/desktop/sessions.ts';
import { foreignText } from '../../src/foreign-text.ts';
import { logRefusal, toMireError } from '../../src/http/error-page.ts';
import { FlowError } from '../../src/http/errors.ts';
import { noStore } from '../../src/http/headers.ts';
import { readJson, readJsonBody } from '../../src/http/json.ts';
import { requestInfo } from '../../src/http/request.ts';
import type { Log } from '../../src/log.ts';
import type { Storage } from '../../src/storage.ts';
import { langOf } from '../layout/lang.ts';
import type { Pages } from '../layout/renderer.ts';
import { fullName } from '../visit.ts';
import { requestJson, sessionJson } from './json.ts';

export interface DesktopApiParts {
  readonly callers: Callers;
  readonly sessions: DesktopSessions;
  readonly approvals: Approvals;
  readonly storage: Storage;
  readonly pages: Pages;
  readonly log: Log;
}

const opening = z.object({ device_name: foreignText(60) });
const asked = z.union([z.object({ request: z.string().max(200) }), z.object({ code: z.string().max(20) })]);
const approving = z.object({ number: z.int().optional() });

const callOf = (ctx: RouterContext): DesktopCall => ({
  method: ctx.method,
  path: ctx.path,
  authorization: ctx.get('authorization'),
  proof: ctx.get('dpop'),
  request: requestInfo(ctx.req),
});

/** What the desktop application calls (docs/desktop-protocol.md): JSON, a DPoP-bound token, nothing of a browser. */
export function createDesktopApi(parts: DesktopApiParts): Router {
  const { callers, sessions, approvals, storage } = parts;
  const router = new Router({ prefix: '/desktop' });
  router.use(refusals(parts), readJsonBody as never);

  const desktopOf = (ctx: RouterContext) => callers.desktop(callOf(ctx));
  const show = (ctx: RouterContext, desktop: SignedInDesktop, account: Account | undefined) => {
    ctx.body = sessionJson(desktop, account ? fullName(account) : '');
  };
  const idOf = (ctx: RouterContext): string => {
    const id = z.uuid().safeParse(ctx.params.id);
    if (!id.success) throw new FlowError('desktop-request');
    return id.data;
  };

  router.post('/session', async (ctx) => {
    const caller = await callers.caller(callOf(ctx));
    const { device_name } = readJson(ctx, opening);
    show(ctx, await sessions.open(caller, device_name), caller.account);
  });
  router.get('/session', async (ctx) => {
    const desktop = await desktopOf(ctx);
    show(ctx, desktop, await storage.accounts.byId(desktop.device.accountId));
  });
  router.delete('/session', async (ctx) => {
    await sessions.signOut(await desktopOf(ctx));
    ctx.status = 204;
  });

  router.post('/requests', async (ctx) => {
    const desktop = await desktopOf(ctx);
    const given = readJson(ctx, asked);
    const by = 'request' in given ? { token: given.request } : { code: given.code };
    ctx.body = requestJson(desktop, await approvals.open(desktop, by));
  });
  router.get('/requests', async (ctx) => {
    const desktop = await desktopOf(ctx);
    const waiting = await approvals.waiting(desktop);
    ctx.body = { requests: waiting.map((request) => requestJson(desktop, request)) };
  });
  router.post('/requests/:id/approve', async (ctx) => {
    const desktop = await desktopOf(ctx);
    await approvals.approve(desktop, idOf(ctx), readJson(ctx, approving).number);
    ctx.status = 204;
  });
  router.post('/requests/:id/refuse', async (ctx) => {
    await approvals.refuse(await desktopOf(ctx), idOf(ctx));
    ctx.status = 204;
  });
  return router;
}

/** RFC 9449 §7.1: what a client of the library expects to read there. */
const CHALLENGES: Readonly<Record<string, string>> = {
  'desktop-token': 'invalid_token',
  'desktop-proof': 'invalid_dpop_proof',
};

/** Every refusal as JSON, with a sentence for the person in front of the application. */
function refusals({ pages, log }: Pick<DesktopApiParts, 'pages' | 'log'>): Middleware {
  return async (ctx: Context, next) => {
    noStore(ctx);
    try {
      await next();
    } catch (thrown) {
      const error = toMireError(thrown);
      logRefusal(log, ctx.req, error, thrown);
      const { retryAfter } = error.detail;
      if (typeof retryAfter === 'number') ctx.set('retry-after', String(Math.ceil(retryAfter)));
      else if (error.status === 503) ctx.set('retry-after', '5');
      const challenge = CHALLENGES[error.code];
      if (challenge) ctx.set('www-authenticate', `DPoP error="${challenge}", algs="ES256 EdDSA"`);
      ctx.status = error.status;
      ctx.body = {
        error: error.code,
        error_description: pages.translate(langOf(ctx))(`error.${error.code}.text`),
        support_code: requestInfo(ctx.req).supportCode,
      };
    }
  };
}
