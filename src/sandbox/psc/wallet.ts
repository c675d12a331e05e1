import { randomInt } from 'node:crypto';
import { bodyParser } from '@koa/bodyparser';
import Router, { type RouterContext } from '@koa/router';
import type { Context } from 'koa';
import type Provider from 'oidc-provider';
import { pscPerson } from './people.ts';
import { SCREENS } from './provider.ts';
import { identityPage, phonePage, STYLE } from './screens.ts';
import { type AuthMode, subjectOf } from './userinfo.ts';

const POLICY = "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'";
const langOf = (ctx: Context) => (ctx.acceptsLanguages('fr', 'en') === 'en' ? 'en' : 'fr');

/** The screens of the wallet: the identifier, then the telephone. */
export function createWallet(provider: Provider, authModes: Map<string, AuthMode>): Router {
  const router = new Router();
  const show = (ctx: Context, body: string, status = 200) => {
    ctx.set({ 'content-security-policy': POLICY, 'cache-control': 'no-store' });
    ctx.type = 'html';
    ctx.status = status;
    ctx.body = body;
  };
  const path = (ctx: RouterContext) => `${SCREENS}/${ctx.params.uid}`;
  const answer = (ctx: Context, result: Parameters<Provider['interactionFinished']>[2]) => {
    ctx.respond = false;
    return provider.interactionFinished(ctx.req, ctx.res, result);
  };
  const typed = (ctx: Context) => {
    const body = (ctx.request as { body?: { national_id?: unknown; means?: unknown } }).body ?? {};
    return { person: pscPerson(String(body.national_id ?? '').trim()), means: body.means };
  };
  const accept = (ctx: Context, subject: string, mode: AuthMode) => {
    authModes.set(subject, mode);
    return answer(ctx, { login: { accountId: subject, acr: 'eidas1' } });
  };

  router.get('/psc.css', (ctx) => {
    ctx.type = 'css';
    ctx.body = STYLE;
  });
  router.get(`${SCREENS}/:uid`, (ctx) => show(ctx, identityPage(langOf(ctx), path(ctx), false)));
  router.use(bodyParser({ enableTypes: ['form'] }));
  router.post(`${SCREENS}/:uid`, (ctx) => {
    const { person, means } = typed(ctx);
    if (!person) return show(ctx, identityPage(langOf(ctx), path(ctx), true), 422);
    if (means === 'CARD') return accept(ctx, subjectOf(person), 'CARD');
    const code = String(randomInt(100)).padStart(2, '0');
    return show(ctx, phonePage(langOf(ctx), path(ctx), person.nationalId, code));
  });
  router.post(`${SCREENS}/:uid/accord`, (ctx) => {
    const { person } = typed(ctx);
    if (!person) return show(ctx, identityPage(langOf(ctx), path(ctx), true), 422);
    return accept(ctx, subjectOf(person), 'MOBILE');
  });
  router.post(`${SCREENS}/:uid/annuler`, (ctx) =>
    answer(ctx, { error: 'access_denied', error_description: 'the person refused' }),
  );
  return router;
}
