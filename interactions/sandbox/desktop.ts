import { randomBytes } from 'node:crypto';
import Router, { type RouterContext } from '@koa/router';
import { createCsrf } from '../../src/http/csrf.ts';
import { readForm } from '../../src/http/form.ts';
import { allowForms } from '../../src/http/headers.ts';
import { randomToken } from '../../src/protection/secrets.ts';
import type { DesktopState, SimulatedDesktops } from '../../src/sandbox/simulated-desktop.ts';
import { spokenHour } from '../../src/spoken.ts';
import { langOf } from '../layout/lang.ts';
import type { Pages } from '../layout/renderer.ts';
import type { Translate } from '../layout/texts.ts';

const COOKIE = 'mire_sandbox_desktop';
const PATH = '/sandbox/bureau';
const NOBODY: DesktopState = { session: undefined, request: undefined, waiting: [] };

/** What the service refused says why by itself; anything else, such as a sign-in that was left, is only said to have failed. */
const sentence = (error: unknown, t: Translate): string => {
  const { name, message, code } = error as { name?: string; message?: string; code?: string };
  return name === 'DesktopRefusal' ? `${message} (${code})` : t('app.refused');
};

/** The desktop application MonSisra, simulated on a page: what tools/desktop-agent does in a terminal. */
export function createSimulatedDesktop({
  issuer,
  zone,
  pages,
  desktops,
}: {
  issuer: string;
  zone: string;
  pages: Pages;
  desktops: SimulatedDesktops;
}): Router {
  const router = new Router({ prefix: PATH });
  const csrf = createCsrf(randomBytes(32));
  const visitorOf = (ctx: RouterContext): string => {
    const known = ctx.cookies.get(COOKIE);
    if (known) return known;
    const fresh = randomToken();
    ctx.cookies.set(COOKIE, fresh, { signed: true, httpOnly: true, sameSite: 'lax', path: PATH });
    return fresh;
  };

  async function show(ctx: RouterContext, failure?: unknown): Promise<void> {
    const visitor = visitorOf(ctx);
    let refused = failure;
    const state = await desktops.state(visitor).catch((error: unknown) => {
      refused ??= error;
      return NOBODY;
    });
    const time = (iso: string) => spokenHour(new Date(iso), langOf(ctx), zone);
    allowForms(ctx);
    await pages.show(ctx, {
      view: 'interactions/sandbox/desktop',
      title: 'desktop.title',
      status: refused ? 422 : 200,
      locals: (t) => ({
        csrf: csrf.token(visitor),
        requests: [...(state.request ? [state.request] : []), ...state.waiting].map((request) => ({
          ...request,
          at: time(request.asked_at),
        })),
        ...(state.session ? { session: { ...state.session, until: time(state.session.expires_at) } } : {}),
        ...(refused ? { failure: { text: sentence(refused, t) } } : {}),
      }),
    });
  }

  const form =
    (act: (visitor: string, body: Record<string, unknown>) => Promise<void>) => async (ctx: RouterContext) => {
      await readForm(ctx, async () => undefined);
      const visitor = visitorOf(ctx);
      const body = ((ctx.request as { body?: unknown }).body ?? {}) as Record<string, unknown>;
      csrf.check(visitor, body._csrf);
      try {
        await act(visitor, body);
      } catch (error) {
        return show(ctx, error);
      }
      ctx.status = 303;
      return ctx.redirect(PATH);
    };

  router.get('/', (ctx) => show(ctx));
  router.get('/login', async (ctx) => {
    const acr = typeof ctx.query.acr_values === 'string' ? { acr_values: ctx.query.acr_values } : {};
    ctx.status = 303;
    ctx.redirect((await desktops.signIn(visitorOf(ctx), acr)).href);
  });
  router.get('/callback', async (ctx) => {
    try {
      await desktops.signedIn(visitorOf(ctx), new URL(ctx.url, issuer), 'Bureau simulé');
    } catch (error) {
      return show(ctx, error);
    }
    ctx.status = 303;
    return ctx.redirect(PATH);
  });
  router.post(
    '/open',
    form((visitor, { code }) => desktops.open(visitor, String(code ?? ''))),
  );
  router.post(
    '/answer',
    form((visitor, { id, answer }) => {
      const number = /^\d{2}$/.test(String(answer)) ? Number(answer) : undefined;
      return desktops.answer(visitor, String(id), answer !== 'refuse', number);
    }),
  );
  router.post(
    '/logout',
    form((visitor) => desktops.signOut(visitor)),
  );
  return router;
}
