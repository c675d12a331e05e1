import type { Context } from 'koa';
import type { KoaContextWithOIDC } from 'oidc-provider';
import { shownName } from '../src/clients/foreign-metadata.ts';
import type { Log } from '../src/log.ts';
import type { ProviderPages } from '../src/provider/configuration.ts';
import { createRenderError } from './error/page.ts';
import { langOf } from './layout/lang.ts';
import type { PageRequest, Pages } from './layout/renderer.ts';

/** The hint was signed by us, for this application and this very session (RP-Initiated Logout §2). */
function hintIsOfThisSession({ oidc }: KoaContextWithOIDC): boolean {
  const hint = (oidc.entities as { IdTokenHint?: { payload?: { sid?: unknown } } }).IdTokenHint?.payload;
  const sid = oidc.client && oidc.session?.sidFor(oidc.client.clientId);
  return sid !== undefined && hint?.sid === sid;
}

/** The screens that oidc-provider asks for by itself, in the house style. */
export function createProviderPages(pages: Pages, log: Log): ProviderPages {
  const show = (ctx: KoaContextWithOIDC, page: PageRequest) => {
    const context = ctx as unknown as Context;
    return pages.show(context, { ...page, lang: langOf(context, ctx.oidc.params?.ui_locales) });
  };
  const application = (ctx: KoaContextWithOIDC) =>
    ctx.oidc.client ? { application: shownName(ctx.oidc.client.clientId, ctx.oidc.client.clientName) } : {};
  /** The library keeps the form's token in the session. */
  const xsrf = (ctx: KoaContextWithOIDC) => (ctx.oidc.session?.state as { secret?: string } | undefined)?.secret ?? '';

  return {
    renderError: createRenderError(pages, log),
    logoutSource: (ctx, formHtml) =>
      show(ctx, {
        view: 'interactions/logout/confirm',
        title: 'logout.confirm.title',
        // An application that shows the session's own ID token need not ask the person twice.
        locals: () => ({ formHtml, ...application(ctx), sure: hintIsOfThisSession(ctx) }),
      }),
    postLogoutSuccessSource: (ctx) => show(ctx, { view: 'interactions/logout/done', title: 'logout.done.title' }),
    userCodeInputSource: (ctx, _form, _out, error) =>
      show(ctx, {
        view: 'interactions/device/code',
        title: 'device.code.title',
        status: error ? 400 : 200,
        locals: (t) => ({
          action: ctx.oidc.urlFor('code_verification'),
          csrf: xsrf(ctx),
          ...(error ? { errors: [{ field: 'user_code', text: t('device.code.unknown') }] } : {}),
        }),
      }),
    userCodeConfirmSource: (ctx, formHtml, _client, _info, userCode) =>
      show(ctx, {
        view: 'interactions/device/confirm',
        title: 'device.confirm.title',
        locals: () => ({ formHtml, userCode, application: '', ...application(ctx) }),
      }),
    successSource: (ctx) =>
      show(ctx, { view: 'interactions/device/done', title: 'device.done.title', locals: () => application(ctx) }),
  };
}
