import Router from '@koa/router';
import type { Provider } from 'oidc-provider';
import { LIVES } from '../config/lives.ts';
import type { Settings } from '../config/settings.ts';
import type { PasswordSignIn } from '../src/accounts/password-sign-in.ts';
import type { SelfCare } from '../src/accounts/self-care.ts';
import type { CardDesk } from '../src/cards/desk.ts';
import type { Codes } from '../src/challenges/codes.ts';
import type { Clock } from '../src/clock.ts';
import type { Notifier } from '../src/delivery/notifier.ts';
import type { HandOver } from '../src/desktop/hand-over.ts';
import type { PasskeyCeremonies } from '../src/factors/passkey-ceremonies.ts';
import type { Recovery } from '../src/factors/recovery.ts';
import type { Totp } from '../src/factors/totp.ts';
import type { Csrf } from '../src/http/csrf.ts';
import type { Log } from '../src/log.ts';
import type { KnownDevices } from '../src/protection/known-devices.ts';
import type { Logout } from '../src/provider/logout.ts';
import type { Psc } from '../src/psc/psc.ts';
import type { Storage } from '../src/storage.ts';
import type { StructureDesk } from '../src/structures/desk.ts';
import { createChooser } from './chooser/chooser.ts';
import { type IsAway, openedFirst, wishes } from './chooser/tabs.ts';
import { acceptConsent, consentPage } from './consent/consent.ts';
import { createDispatcher } from './dispatcher.ts';
import { createEntry, visitOf } from './entry.ts';
import type { Pages } from './layout/renderer.ts';
import type { Mode } from './mode.ts';
import { kitFor } from './mode-kit.ts';
import { createQuestions } from './questions.ts';
import { type SignUpParts, signUpRouter } from './signup/router.ts';
import { createVisits, type Visit } from './visit.ts';

export interface InteractionParts extends SignUpParts {
  readonly provider: () => Provider;
  readonly storage: Storage;
  readonly settings: Settings;
  readonly log: Log;
  readonly clock: Clock;
  readonly csrf: Csrf;
  readonly pages: Pages;
  readonly passwordSignIn: PasswordSignIn;
  readonly codes: Codes;
  readonly cards: CardDesk | undefined;
  readonly desktop: HandOver;
  readonly structures: StructureDesk;
  readonly psc: Psc | undefined;
  readonly passkeys: PasskeyCeremonies;
  readonly totp: Totp;
  readonly recovery: Recovery;
  readonly logout: Logout;
  readonly devices: KnownDevices;
  readonly notifier: Notifier;
  readonly care: SelfCare;
  readonly modes: readonly Mode[];
}

/** Every route under `/interaction/:uid`. */
export function createInteractions(parts: InteractionParts): Router {
  const { provider, settings, csrf, pages } = parts;
  const modes = parts.modes.filter(({ id }) => settings.MODES.includes(id));
  const router = new Router({ prefix: '/interaction/:uid' });
  const leave = (visit: Visit) => ({ csrf: csrf.token(visit.uid), abortAction: `/interaction/${visit.uid}/abort` });
  const entry = createEntry({ ...parts, open: createVisits(parts) });
  const dispatcher = createDispatcher(parts);
  const isAway: IsAway = (id) => id === parts.psc?.provider.id && !parts.psc.provider.available();
  const show = createChooser({ pages, modes, isAway, leave, captcha: parts.captcha, storage: parts.storage });
  const ask = createQuestions(router, { ...parts, entry, dispatcher, leave });

  // The first step that somebody takes makes it theirs for as long as a sign-in may last.
  router.use(async (ctx, next) => {
    await next();
    const { interaction } = visitOf(ctx.req) ?? {};
    const exp = Math.floor(Date.now() / 1000) + LIVES.interaction;
    if (ctx.method !== 'POST' || ctx.status !== 303 || !interaction || interaction.result) return;
    if (exp - interaction.exp < LIVES.interaction - LIVES.interactionBegun) return;
    interaction.exp = exp;
    await interaction.persist();
  });

  router.get('/', async (ctx) => {
    const visit = await entry.visit(ctx, ['choosing', 'in-mode', 'signing-up', 'proved']);
    if (visit.interaction.prompt.name === 'consent')
      return consentPage(ctx, visit, pages, leave(visit), settings.RESOURCES);
    if (visit.flow.stage === 'signing-up') return ctx.redirect(`/interaction/${visit.uid}/signup`);
    if (visit.flow.stage === 'proved') return ask(ctx, visit);
    const under = visit.flow.stage === 'in-mode' ? visit.flow.mode : undefined;
    const mode =
      modes.find(({ id }) => id === under) ??
      openedFirst(modes, ctx, visit, { ...(await wishes(modes, ctx, visit, parts)), isAway });
    if (!mode) return dispatcher.impossible(ctx, visit);
    // A link of its own, so that a reload and the language link stay on it.
    return ctx.redirect(`/interaction/${visit.uid}/${mode.id}`);
  });

  router.post('/abort', async (ctx) =>
    dispatcher.abort(ctx, await entry.posted(ctx, ['choosing', 'in-mode', 'signing-up', 'proved'])),
  );
  router.post('/keep', async (ctx) => dispatcher.keepSession(ctx, await entry.posted(ctx, ['choosing', 'in-mode'])));
  router.post('/consent', async (ctx) =>
    acceptConsent(
      ctx,
      await entry.posted(ctx, ['choosing']),
      provider(),
      dispatcher,
      settings.RESOURCES,
      parts.clock(),
    ),
  );

  router.use(signUpRouter({ ...parts, entry, dispatcher, leave }).routes());
  for (const mode of modes) {
    const under = new Router({ prefix: `/${mode.id}` });
    mode.routes(under, kitFor(mode, { ...parts, entry, dispatcher, show }));
    router.use(under.routes());
  }
  return router;
}
