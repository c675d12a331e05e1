import Router, { type RouterContext } from '@koa/router';
import type { Provider } from 'oidc-provider';
import type { ModeId } from '../config/modes.ts';
import type { Settings } from '../config/settings.ts';
import type { PasswordSignIn } from '../src/accounts/password-sign-in.ts';
import type { Codes } from '../src/challenges/codes.ts';
import type { Clock } from '../src/clock.ts';
import type { Csrf } from '../src/http/csrf.ts';
import { FlowError, MireError, UserError } from '../src/http/errors.ts';
import { readForm } from '../src/http/form.ts';
import { allowForms } from '../src/http/headers.ts';
import { requestInfo } from '../src/http/request.ts';
import type { Storage } from '../src/storage.ts';
import { openedFirst, tabsOf } from './chooser/tabs.ts';
import { acceptConsent, consentPage } from './consent/consent.ts';
import { createDispatcher } from './dispatcher.ts';
import { errorLocals } from './error/form-errors.ts';
import { toRow } from './flow.ts';
import type { Handler, Kit } from './kit.ts';
import type { Pages } from './layout/renderer.ts';
import type { Mode } from './mode.ts';
import { createVisits, type Visit } from './visit.ts';

export interface InteractionParts {
  readonly provider: () => Provider;
  readonly storage: Storage;
  readonly settings: Settings;
  readonly clock: Clock;
  readonly csrf: Csrf;
  readonly pages: Pages;
  readonly passwordSignIn: PasswordSignIn;
  readonly codes: Codes;
  readonly modes: readonly Mode[];
}

/** What an error page may say about the interaction it happened in. */
const visits = new WeakMap<object, Visit>();
export const visitOf = (request: object): Visit | undefined => visits.get(request);

/** Every route under `/interaction/:uid`. */
export function createInteractions(parts: InteractionParts): Router {
  const { storage, settings, clock, csrf, pages, modes } = parts;
  const open = createVisits(parts);
  const dispatcher = createDispatcher(parts);
  const router = new Router({ prefix: '/interaction/:uid' });

  async function visitFor(ctx: RouterContext, stages?: readonly string[]): Promise<Visit> {
    const visit = await open(ctx);
    visits.set(ctx.req, visit);
    if (stages && !stages.includes(visit.flow.stage))
      throw new FlowError(visit.flow.stage === 'done' ? 'interaction-done' : 'step-out-of-order');
    return visit;
  }

  async function posted(ctx: RouterContext, stages: readonly string[]): Promise<Visit> {
    await readForm(ctx, async () => undefined);
    const visit = await visitFor(ctx);
    csrf.check(visit.uid, (ctx.request as { body?: { _csrf?: unknown } }).body?._csrf);
    if (!stages.includes(visit.flow.stage))
      throw new FlowError(visit.flow.stage === 'done' ? 'interaction-done' : 'step-out-of-order');
    return visit;
  }

  /** A hidden tab that still answers a POST would be a hole: the same question is asked here. */
  async function checkMode(ctx: RouterContext, visit: Visit, mode: ModeId): Promise<void> {
    const refusal = visit.whyRefused(mode);
    if (!refusal && visit.interaction.prompt.name === 'login') return;
    const { supportCode, address } = requestInfo(ctx.req);
    await storage.audit.write({
      event: 'sign-in.mode-refused',
      clientId: visit.application.clientId,
      mode,
      supportCode,
      address,
      details: { reason: refusal ?? 'not-a-login' },
    });
    throw new FlowError('mode-not-accepted', { mode, refusal });
  }

  const leave = (visit: Visit) => ({ csrf: csrf.token(visit.uid), abortAction: `/interaction/${visit.uid}/abort` });

  const show = async (
    ctx: RouterContext,
    visit: Visit,
    mode: ModeId | undefined,
    panel?: Parameters<Kit['show']>[2],
    error?: UserError,
  ) => {
    allowForms(ctx, visit.formTargets);
    if (error?.detail.retryAfter !== undefined)
      ctx.set('retry-after', String(Math.ceil(Number(error.detail.retryAfter))));
    const { session, livingPassword } = visit;
    const name = session && `${session.account.givenName} ${session.account.familyName}`;
    await pages.show(ctx, {
      view: 'interactions/chooser/view',
      title: panel?.title ?? 'chooser.title',
      status: error?.status ?? 200,
      lang: visit.lang,
      ...(panel ? { panel: panel.view } : {}),
      locals: (t) => ({
        application: visit.application.name,
        tabs: tabsOf(modes, settings, visit, mode, t),
        ...leave(visit),
        ...(name
          ? {
              stepUp: {
                name,
                ...(visit.application.reason ? { reason: visit.application.reason } : {}),
                onlyMissing: livingPassword !== undefined,
              },
            }
          : {}),
        underWay: panel?.underWay === true,
        ...panel?.locals?.(t),
        ...(error ? errorLocals(error, t) : {}),
      }),
    });
  };

  const kitFor = (mode: Mode): Kit => ({
    storage,
    settings,
    clock,
    passwordSignIn: parts.passwordSignIn,
    codes: parts.codes,
    screen: (stages, handler) => async (ctx) => {
      const visit = await visitFor(ctx, stages);
      await checkMode(ctx, visit, mode.id);
      await shownInForm(ctx, visit, handler, async () => ({ view: 'interactions/modes/soon', title: 'chooser.title' }));
    },
    form: (stages, handler, again) => async (ctx) => {
      const visit = await posted(ctx, stages);
      await checkMode(ctx, visit, mode.id);
      await shownInForm(ctx, visit, handler, (error) => again(ctx, visit, error));
    },
    show: (ctx, visit, panel, error) => show(ctx, visit, mode.id, panel, error),
    move: async (visit, to, tx = storage) => {
      if (!(await tx.flows.move(visit.uid, visit.version, toRow(to)))) throw new FlowError('step-out-of-order');
    },
    complete: (ctx, visit, proof) => dispatcher.complete(ctx, visit, proof),
  });

  async function shownInForm(
    ctx: RouterContext,
    visit: Visit,
    handler: Handler,
    again: (error: UserError) => Promise<Parameters<Kit['show']>[2]>,
  ) {
    try {
      await handler(ctx, visit);
    } catch (error) {
      // Anything that is not about what the person sent is a page of its own.
      if (!(error instanceof UserError) || ctx.method !== 'POST') throw error;
      const mode = modes.find(({ id }) => ctx.path.startsWith(`/interaction/${visit.uid}/${id}`));
      let panel: Parameters<Kit['show']>[2];
      try {
        panel = await again(error);
      } catch (second) {
        throw second instanceof MireError ? error : second;
      }
      await show(ctx, visit, mode?.id, panel, error);
    }
  }

  router.get('/', async (ctx) => {
    const visit = await visitFor(ctx, ['choosing', 'in-mode', 'proved']);
    if (visit.interaction.prompt.name === 'consent') return consentPage(ctx, visit, pages, leave(visit));
    if (visit.flow.stage === 'proved') {
      allowForms(ctx, visit.formTargets);
      return pages.show(ctx, {
        view: 'interactions/terms/view',
        title: 'accept-terms.title',
        lang: visit.lang,
        locals: () => ({
          application: visit.application.name,
          action: `/interaction/${visit.uid}/terms`,
          ...leave(visit),
        }),
      });
    }
    const under = visit.flow.stage === 'in-mode' ? visit.flow.mode : undefined;
    const mode = modes.find(({ id }) => id === under) ?? openedFirst(modes, ctx, visit, settings);
    if (!mode) return show(ctx, visit, undefined);
    // A link of its own, so that a reload and the language link stay on it.
    ctx.redirect(`/interaction/${visit.uid}/${mode.id}`);
  });

  router.post('/abort', async (ctx) => dispatcher.abort(ctx, await posted(ctx, ['choosing', 'in-mode', 'proved'])));
  router.post('/terms', async (ctx) => dispatcher.acceptedTerms(ctx, await posted(ctx, ['proved'])));
  router.post('/consent', async (ctx) => {
    const visit = await posted(ctx, ['choosing']);
    await acceptConsent(ctx, visit, parts.provider(), dispatcher);
  });

  for (const mode of modes) {
    if (!settings.MODES.includes(mode.id)) continue;
    const under = new Router({ prefix: `/${mode.id}` });
    mode.routes(under, kitFor(mode));
    router.use(under.routes());
  }
  return router;
}
