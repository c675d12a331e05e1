import type Router from '@koa/router';
import type Koa from 'koa';
import type { Middleware } from 'koa';
import type { ClientMetadata } from 'oidc-provider';
import { pendingMigrations } from '../../adapters/db/migrate.ts';
import { createHttpsSigner } from '../../adapters/signer/https.ts';
import type { Pace } from '../../config/pace.ts';
import { createAssets } from '../../interactions/assets/assets.ts';
import { createCaptchaRoutes } from '../../interactions/captcha/captcha.ts';
import { createCardReader, type SimulatedReader } from '../../interactions/card/reader.ts';
import { createCardClinic, createDiagnosis } from '../../interactions/diagnostic/card.ts';
import { createErrorPage } from '../../interactions/error/page.ts';
import { type Application, createHome } from '../../interactions/home/home.ts';
import { createInteractions } from '../../interactions/interactions.ts';
import { createInvitation } from '../../interactions/invitation/invitation.ts';
import { createPages, type Pages } from '../../interactions/layout/renderer.ts';
import type { Texts } from '../../interactions/layout/texts.ts';
import type { Mode } from '../../interactions/mode.ts';
import { createProviderPages } from '../../interactions/provider-pages.ts';
import { REGISTRY } from '../../interactions/registry.ts';
import { SCREENS } from '../../interactions/screens.ts';
import { createStructureRoutes } from '../../interactions/structures/callback.ts';
import { createPasswordSignIn } from '../accounts/password-sign-in.ts';
import { createTriesWarning } from '../accounts/tries-warning.ts';
import type { CardDesk } from '../cards/desk.ts';
import type { Trust } from '../cards/trust.ts';
import { createCodes } from '../challenges/codes.ts';
import { ownClient } from '../clients/own-client.ts';
import { portalClient } from '../clients/portal-client.ts';
import type { Check } from '../health.ts';
import { type Csrf, createCsrf } from '../http/csrf.ts';
import { DRAIN, type Listener, listenOn } from '../http/listener.ts';
import { createAdmission } from '../protection/admission.ts';
import { createFailureRate } from '../protection/failure-rate.ts';
import { createPasswordGuard } from '../protection/password-guard.ts';
import { createHolder, type ProviderHolder } from '../provider/holder.ts';
import { loadJwks } from '../provider/keys.ts';
import type { Logout } from '../provider/logout.ts';
import { createFindAccount } from '../provider/professional.ts';
import { buildProvider } from '../provider/provider.ts';
import { signerKeys } from '../provider/signer.ts';
import { buildApp } from '../server.ts';
import type { Storage } from '../storage.ts';
import type { UpstreamLogout } from '../upstream/logout.ts';
import { accountPages, openFactors, openSelfCare } from './account.ts';
import { certificateReader } from './client-certificates.ts';
import type { Delivery } from './delivery.ts';
import { type Desktop, openDesktop } from './desktop.ts';
import type { Parts } from './parts.ts';
import { integratorPages } from './portal.ts';
import { openCaptcha, openPasswordRule } from './signup.ts';
import { smsReceiptRoutes } from './sms-receipts.ts';
import { openProviders, openStructureDesk } from './structures.ts';
import { openUpstream, upstreamRoutes } from './upstream.ts';

/** What one deployment adds to the service: clients known from the start, applications on the home page, pages. */
export interface Additions {
  readonly clients: readonly ClientMetadata[];
  /** For the suite of the OpenID Foundation: see src/provider/conformance.ts. */
  readonly conformance?: boolean;
  readonly applications: readonly Application[];
  readonly texts: readonly Texts[];
  readonly routes: (built: { pages: Pages; holder: ProviderHolder; storage: Storage }) => readonly Middleware[];
  readonly modes?: readonly Mode[];
  /** Other waits than the product's: for tests, which start the sandbox. No setting leads here. */
  readonly pace?: Partial<Pace>;
  /** Cards that stand in for real ones, and from where. */
  readonly cards?: { readonly trust: Trust; readonly simulated: SimulatedReader; readonly proxies: readonly string[] };
}

export const NOTHING_ADDED: Additions = { clients: [], applications: [], texts: [], routes: () => [] };

export interface Http {
  readonly app: Koa;
  readonly holder: ProviderHolder;
  readonly desktop: Desktop;
  listen(): Promise<void>;
  /** Lets requests in hand end, `grace` milliseconds at most. */
  close(grace: number): Promise<void>;
}

/** A router as plain middleware: its own context type is narrower than an application's. */
export const mounted = (router: Router): Middleware[] =>
  [router.routes(), router.allowedMethods()] as unknown as Middleware[];

/** The provider and the pages it needs; a worker has one too, to make logout tokens. */
export async function buildProtocol(
  parts: Parts,
  logout: Logout,
  added: Additions = NOTHING_ADDED,
  upstreamLogout?: UpstreamLogout,
) {
  const { settings, storage, clock, log } = parts;
  const modes = added.modes ?? REGISTRY;
  const assets = createAssets();
  const pages = createPages(settings, assets, [...SCREENS, ...modes.map(({ texts }) => texts), ...added.texts]);
  const forProvider = {
    ...parts,
    logout,
    upstreamLogout,
    findAccount: createFindAccount({ storage, clock, settings, logout }),
    pages: createProviderPages(pages, log),
    pagesMiddleware: pages.middleware,
    conformance: added.conformance === true,
    certificateOf: await certificateReader(settings),
    clients: [ownClient(settings.ISSUER), portalClient(settings.ISSUER), ...added.clients],
  };
  // A KMS signs where there is one; what the keys in the database signed is still verified.
  const { SIGNER_URL: url, SIGNER_TOKEN: token } = settings;
  const external = url ? await signerKeys(createHttpsSigner({ url, token })) : [];
  const holder = createHolder({
    keys: parts.signingKeys,
    jwks: await loadJwks(parts.signingKeys, clock()),
    build: ({ keys }, renewedKeys) =>
      buildProvider({ ...forProvider, jwks: { keys: [...external, ...keys] } as never, renewedKeys }),
    log,
  });
  return { holder, pages, assets, modes };
}

/** The page of the card's host, and the clinic that leads there. */
function cardPages(
  { settings, log }: Parts,
  desk: CardDesk,
  { pages, csrf, simulated }: { pages: Pages; csrf: Csrf; simulated: SimulatedReader | undefined },
): Middleware[] {
  const showDiagnosis = createDiagnosis({ pages, settings });
  const reader = createCardReader({ desk, pages, settings, csrf, log, showDiagnosis, simulated });
  return [...mounted(createCardClinic({ pages, settings })), ...mounted(reader)];
}

/** The whole HTTP side, from its parts. */
export async function buildHttp(
  parts: Parts,
  { codes: queue, logout, pings, notifier }: Delivery,
  added: Additions = NOTHING_ADDED,
): Promise<Http> {
  const {
    settings,
    storage,
    limits,
    clock,
    log,
    passwords,
    database,
    redis,
    registry,
    vault,
    devices,
    pace,
    circumstances,
  } = parts;
  const providers = openProviders(parts);
  const upstream = openUpstream(parts, providers);
  const { holder, pages, assets, modes } = await buildProtocol(parts, logout, added, upstream.logout);
  const csrf = createCsrf(vault.derive('csrf'));
  const rate = createFailureRate(registry, settings.RATE_LIMIT_FACTOR);
  const warn = createTriesWarning({ storage, limits, clock, notifier, circumstances });
  const admission = createAdmission({ limits, devices, reached: warn });
  const guard = createPasswordGuard({ admission, rate });
  const passwordSignIn = createPasswordSignIn({ storage, passwords, guard, pace });
  const codes = createCodes({
    storage,
    queue,
    limits,
    admission,
    clock,
    circumstances,
    smsCountries: new Set(settings.SMS_COUNTRIES),
  });
  const provider = holder.current;
  // What reads a card is heavy: only who has a host for cards loads it.
  const cards = settings.CPS_ORIGIN === undefined ? undefined : await import('./cards.ts');
  const desk = cards?.openCardDesk(parts, added.cards?.trust);
  const desktop = openDesktop(parts, { provider, logout, notifier, pings, pages });
  const structures = openStructureDesk({ ...parts, admission }, logout, providers);
  const captcha = openCaptcha(parts);
  const passwordRule = await openPasswordRule(parts);
  const own = { storage, settings, log, clock, pace, csrf, pages, passwordSignIn, codes, circumstances };
  const signUp = { ...own, notifier, passwords, passwordRule, limits, captcha };
  const factors = openFactors(parts, notifier, admission);
  const selfCare = openSelfCare(parts, { logout, notifier });
  const interactions = createInteractions({
    ...signUp,
    ...factors,
    provider,
    modes,
    logout,
    cards: desk,
    devices,
    care: selfCare.care,
    desktop: desktop.handOver,
    structures: structures.desk,
    psc: upstream.psc,
  });
  const home = createHome({
    provider,
    storage,
    settings,
    clock,
    circumstances,
    pages,
    applications: added.applications,
  });

  const account = accountPages(
    parts,
    { logout, notifier },
    {
      selfCare,
      codes,
      csrf,
      provider,
      pages,
      desktopSessions: desktop.sessions,
      passwordRule,
      factors,
      admission,
      captcha,
    },
  );

  const checks: Check[] = [
    ['database', () => database.raw('select 1')],
    [
      'migrations',
      async () => {
        const pending = await pendingMigrations(database);
        if (pending.length > 0) throw new Error(`${pending.length} migrations have not run`);
      },
    ],
  ];
  if (redis) checks.push(['redis', () => redis.ping()]);
  let stopping = false;
  let stopWatching = () => {};
  let listeners: Listener[] = [];
  const app = buildApp({
    settings,
    log,
    clock,
    holder,
    limits,
    devices,
    errorPage: createErrorPage(pages, csrf),
    cardProxies: added.cards?.proxies ?? settings.TRUSTED_PROXIES,
    health: {
      checks,
      registry,
      log,
      patience: pace.health,
      metricsHere: settings.METRICS_PORT === undefined,
      stopping: () => stopping,
    },
    pages: [
      pages.middleware,
      assets.middleware,
      ...mounted(createCaptchaRoutes(captcha)),
      ...mounted(interactions),
      ...mounted(createInvitation(signUp)),
      ...mounted(home),
      ...mounted(createStructureRoutes({ structures: structures.desk, storage, upstreamLogout: upstream.logout })),
      ...mounted(desktop.api),
      ...account.flatMap(mounted),
      ...mounted(integratorPages(parts, { provider, pages, csrf })),
      ...upstreamRoutes(upstream, { logout, log }).flatMap(mounted),
      ...smsReceiptRoutes(parts).flatMap(mounted),
      ...(desk ? cardPages(parts, desk, { pages, csrf, simulated: added.cards?.simulated }) : []),
      ...added.routes({ pages, holder, storage }),
    ],
  });
  return {
    app,
    holder,
    desktop,
    async listen() {
      const drain = settings.TRUSTED_PROXIES.length > 0 ? DRAIN : 0;
      listeners = await listenOn(app, settings.HOST, settings.PORT, drain);
      stopWatching = holder.watch();
    },
    async close(grace) {
      stopping = true;
      stopWatching();
      desktop.handOver.watch.close();
      await Promise.all(listeners.map((listener) => listener.close(grace)));
      await structures.close();
    },
  };
}
