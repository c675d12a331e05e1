import type { Context } from 'koa';
import type { KoaContextWithOIDC } from 'oidc-provider';
import type { Csrf } from '../../src/http/csrf.ts';
import type { ErrorPage } from '../../src/http/error-page.ts';
import type { ErrorCode } from '../../src/http/errors.ts';
import { allowForms } from '../../src/http/headers.ts';
import { requestInfo } from '../../src/http/request.ts';
import type { Log } from '../../src/log.ts';
import { againHref } from '../../src/provider/begin-again.ts';
import { visitOf } from '../entry.ts';
import { langOf } from '../layout/lang.ts';
import type { Pages } from '../layout/renderer.ts';

/** Still somewhere to go: the interaction lives, and the person may try another mode or go back. */
const RECOVERABLE = new Set([
  'mode-not-accepted',
  'csrf',
  'step-out-of-order',
  'code-expired',
  'code-too-many-tries',
  'delivery-unavailable',
  'no-channel',
  'level-not-reached',
  'mailbox-twice',
  'proof-overtaken',
  'account-unavailable',
  'overloaded',
  'card-ticket',
  'desktop-expired',
  'psc-answer',
]);

/** The page of every refusal that is not shown in a form. JSON for who asked for it. */
export function createErrorPage(pages: Pages, csrf: Csrf): ErrorPage {
  return async (ctx, error) => {
    const { supportCode } = requestInfo(ctx.req);
    if (ctx.accepts('html', 'json') === 'json') {
      ctx.body = { error: error.code, support_code: supportCode };
      return;
    }
    const visit = visitOf(ctx.req);
    if (visit) allowForms(ctx, visit.formTargets);
    const retryAfterSeconds = Number(error.detail.retryAfter ?? 0);
    const home = visit?.application.home ?? (typeof error.detail.home === 'string' ? error.detail.home : undefined);
    const againTo = error.code === 'interaction-unknown' ? againHref(ctx) : undefined;
    const leave =
      visit && visit.flow.stage !== 'done' && RECOVERABLE.has(error.code)
        ? {
            csrf: csrf.token(visit.uid),
            abortAction: `/interaction/${visit.uid}/abort`,
            otherModesHref: `/interaction/${visit.uid}`,
          }
        : {};
    await pages.show(ctx, {
      view: 'interactions/error/view',
      title: `error.${error.code}.title`,
      status: error.status,
      ...(visit ? { lang: visit.lang } : {}),
      locals: () => ({
        code: error.code,
        retryAfterSeconds,
        ...leave,
        ...(againTo ? { againHref: againTo } : {}),
        ...(home ? { applicationHref: home } : {}),
      }),
    });
  };
}

/**
 * An error of the protocol that cannot be sent back to the application. The person reads what to do; the protocol's own
 * words stand apart, for the integrator. `error_description` is the library's or ours, never text from the URL.
 */
export function createRenderError(pages: Pages, log: Log) {
  return async (
    ctx: KoaContextWithOIDC,
    out: { error: string; error_description?: string | undefined },
    error: Error,
  ): Promise<void> => {
    const { id, supportCode } = requestInfo(ctx.req);
    const status = ctx.status;
    const code = codeOf(error, status);
    const line = { requestId: id, supportCode, error: out.error, route: ctx.oidc?.route };
    if (status >= 500) log.error({ ...line, err: error }, 'protocol request failed');
    else log.info({ ...line, detail: out.error_description }, 'protocol request refused');
    if (status === 503) ctx.set('retry-after', '5');
    const context = ctx as unknown as Context;
    if (context.accepts('html', 'json') === 'json') {
      context.body = { ...out, support_code: supportCode };
      return;
    }
    await pages.show(context, {
      view: 'interactions/error/view',
      title: `error.${code}.title`,
      status,
      lang: langOf(context, ctx.oidc?.params?.ui_locales),
      locals: () => ({
        code,
        technical: { error: out.error, description: out.error_description },
        ...(ctx.oidc?.client?.clientUri ? { applicationHref: ctx.oidc.client.clientUri } : {}),
      }),
    });
  };
}

function codeOf(error: Error, status: number): ErrorCode {
  if (error.name === 'SessionNotFound') return 'interaction-unknown';
  if (status === 503) return 'storage-unavailable';
  return status >= 500 ? 'internal' : 'bad-request';
}
