import Koa, { type Middleware } from 'koa';
import type { Settings } from '../config/settings.ts';
import type { Clock } from './clock.ts';
import { type HealthParts, health } from './health.ts';
import { cardCertificates } from './http/card-header.ts';
import { plainAddress } from './http/characters.ts';
import { clientCertificates, mtlsHost } from './http/client-certificate.ts';
import { CookieSigner } from './http/cookie-signer.ts';
import { type ErrorPage, errorMiddleware } from './http/error-page.ts';
import { FlowError } from './http/errors.ts';
import { securityHeaders } from './http/headers.ts';
import { cardHost, ownHost } from './http/host.ts';
import { accessLog } from './http/metrics.ts';
import { bounded, type Door } from './http/overload.ts';
import { certificateHeaders } from './http/proxy-certificate.ts';
import { identify } from './http/request.ts';
import { securityTxt } from './http/security-txt.ts';
import { trustedProxy } from './http/trusted-proxy.ts';
import type { Log } from './log.ts';
import { type CountedParts, countedRequests } from './provider/anonymous-requests.ts';
import type { ProviderHolder } from './provider/holder.ts';
import { MTLS_ROUTES } from './provider/mtls.ts';
import { boundedRequests } from './provider/request-size.ts';
import { resourceMetadata } from './provider/resource-metadata.ts';
import { ROUTES } from './provider/routes.ts';

export interface ServerParts extends Pick<CountedParts, 'limits' | 'devices'> {
  readonly settings: Settings;
  readonly log: Log;
  readonly clock: Clock;
  readonly health: HealthParts;
  readonly holder: ProviderHolder;
  readonly errorPage: ErrorPage;
  /** Renderer, assets and routers of the pages, in this order. */
  readonly pages: readonly Middleware[];
  /** Addresses from which the headers of certificates count, beside what else they must satisfy. */
  readonly cardProxies: readonly string[];
}

const PROTOCOL = new Set(['.well-known', ...Object.values(ROUTES).map((route) => route.split('/')[1])]);

/** Where applications and people come in numbers: see http/overload.ts. */
const DOORS = new Map<string, Door>([
  [ROUTES.authorization, { machine: false, entrance: true }],
  [ROUTES.pushed_authorization_request, { machine: true, entrance: true }],
  [ROUTES.device_authorization, { machine: true, entrance: true }],
  [ROUTES.backchannel_authentication, { machine: true, entrance: true }],
  [ROUTES.registration, { machine: true, entrance: true }],
  [ROUTES.token, { machine: true, entrance: false }],
  [ROUTES.userinfo, { machine: true, entrance: false }],
  [ROUTES.introspection, { machine: true, entrance: false }],
  [ROUTES.revocation, { machine: true, entrance: false }],
]);

const isProtocol = (path: string): boolean => PROTOCOL.has(path.split('/')[1]);

/** Everything under the protocol's first segments is oidc-provider's; it answers by itself, with its own context. */
function protocol(holder: ProviderHolder): Middleware {
  return async (ctx, next) => {
    if (!isProtocol(ctx.path)) return next();
    if (ctx.method === 'POST' && ctx.path === ROUTES.code_verification) {
      // The library answers 500 to a device form that comes without its session.
      const session = await holder.current().Session.get(ctx as never);
      if (!(session as { state?: unknown }).state) throw new FlowError('bad-request', { route: ctx.path });
    }
    if (ctx.path.startsWith(`${ROUTES.code_verification}/`) && ctx.method !== 'POST') {
      // So does it where a device's sign-in would come back to, when nobody began one.
      const session = await holder.current().Session.get(ctx as never);
      if (typeof session.exp !== 'number')
        throw new FlowError('interaction-unknown', { route: ROUTES.code_verification });
    }
    ctx.respond = false;
    return holder.answer(ctx.req, ctx.res);
  };
}

/** The whole HTTP server. The order of the middleware is the order of trust. */
export function buildApp({
  settings,
  log,
  clock,
  health: healthParts,
  holder,
  errorPage,
  pages,
  cardProxies,
  limits,
  devices,
}: ServerParts): Koa {
  const app = new Koa({ proxy: true, maxIpsCount: settings.TRUSTED_PROXY_COUNT });
  // Koa's types name Keygrip; it hands this on to `cookies`, which asks no more of it.
  app.keys = new CookieSigner(settings.COOKIE_KEYS) as unknown as typeof app.keys;
  app.on('error', (err: Error) => log.error({ err }, 'a request failed outside the error page'));
  const [renderer, assets, ...routes] = pages;

  app.use(health(healthParts));
  app.use(trustedProxy(settings));
  app.use(certificateHeaders([cardCertificates(settings), clientCertificates(settings)], cardProxies));
  app.use((ctx, next) => {
    identify(ctx.req, ctx.ip);
    return next();
  });
  app.use(accessLog(log, healthParts.registry));
  app.use(securityHeaders(settings.ISSUER));
  if (renderer) app.use(renderer);
  app.use(errorMiddleware(log, errorPage));
  // Before the host is asked: the page that says it is the wrong one looks like the others.
  if (assets) app.use(assets);
  app.use(bounded({ doors: DOORS, places: settings.ENTRANCE_PLACES, registry: healthParts.registry }));
  app.use(ownHost(settings));
  app.use(plainAddress(isProtocol));
  app.use(cardHost(settings));
  app.use(mtlsHost(settings, MTLS_ROUTES));
  app.use(resourceMetadata(settings));
  app.use(securityTxt(settings, clock));
  app.use(boundedRequests);
  app.use(countedRequests({ limits, devices, holder }));
  // Before the pages, whose routers would each look at every request of an application.
  app.use(protocol(holder));
  for (const route of routes) app.use(route);
  return app;
}
