import type { JWK } from 'jose';
import type { Middleware } from 'koa';
import Provider, { type KoaContextWithOIDC } from 'oidc-provider';
import { KEYS } from '../../config/key-settings.ts';
import { isAcr } from '../assurance/levels.ts';
import { issuedAcr } from '../assurance/requirement.ts';
import { requestInfo } from '../http/request.ts';
import type { Log } from '../log.ts';
import type { UpstreamLogout } from '../upstream/logout.ts';
import { beginAgain } from './begin-again.ts';
import { deferBackchannelPing } from './ciba-answers.ts';
import { followClients } from './client-events.ts';
import { acceptPreviousSecrets } from './client-secrets.ts';
import { createConfiguration, type ProviderParts } from './configuration.ts';
import { forConformance } from './conformance.ts';
import { listen } from './events.ts';
import { lateFailures } from './late-failures.ts';
import type { Logout } from './logout.ts';
import { deferBackchannelLogout } from './logout-delivery.ts';
import { requirementOfRequest } from './policy.ts';
import { resourceChallenge } from './resource-metadata.ts';
import { createReadSubject } from './subject-token.ts';
import { registerTokenExchange } from './token-exchange.ts';

export interface BuildParts extends ProviderParts {
  readonly log: Log;
  readonly logout: Logout;
  /** The signing keys as they are now in the database. */
  readonly renewedKeys: () => Promise<readonly JWK[]>;
  /** Only where people are served. */
  readonly upstreamLogout?: UpstreamLogout | undefined;
  /** Gives the provider's own context the renderer of the pages. */
  readonly pagesMiddleware: Middleware;
}

/**
 * One Provider with its listeners. Keys and settings are read when it is built: a change builds another one, and
 * requests in flight end on the old (see holder.ts).
 */
export function buildProvider(parts: BuildParts): Provider {
  const configuration = createConfiguration(parts);
  const provider = new Provider(
    parts.settings.ISSUER,
    parts.conformance ? forConformance(configuration) : configuration,
  );
  // Forwarded headers were checked, or dropped, before the provider sees a request.
  provider.proxy = true;
  provider.use(parts.pagesMiddleware as Parameters<Provider['use']>[0]);
  provider.use(lateFailures(parts.pages));
  provider.use(beginAgain);
  provider.use(endedSession(parts));
  provider.use(cacheableKeys);
  provider.use(resourceChallenge(parts.settings.ISSUER));
  deferBackchannelLogout(provider);
  const { storage, vault, jwks, renewedKeys } = parts;
  const readSubject = createReadSubject(jwks as never, renewedKeys, vault);
  registerTokenExchange(provider, { storage, resources: parts.settings.RESOURCES, readSubject });
  acceptPreviousSecrets(provider, parts.storage, parts.clock);
  deferBackchannelPing(provider);
  // `sid` is in every ID token, not only for applications with a back-channel logout address.
  (provider.Client.prototype as unknown as { includeSid(): boolean }).includeSid = () => true;
  // An essential acr claim is answered with one of its own values (OIDC Core §5.5.1.1).
  provider.on('authorization.accepted', (ctx) => {
    const proved = ctx.oidc.session?.acr;
    const issued = isAcr(proved) ? issuedAcr(proved, requirementOfRequest(ctx)) : undefined;
    if (issued !== undefined && issued !== proved) Object.defineProperty(ctx.oidc, 'acr', { value: issued });
  });
  listen(provider, parts.storage, parts.log);
  followClients(provider, parts);
  return provider;
}

/** The library says nothing of it: applications would ask for the keys at every token, or never again. */
async function cacheableKeys(ctx: KoaContextWithOIDC, next: () => Promise<void>): Promise<void> {
  await next();
  if (ctx.oidc?.route === 'jwks' || ctx.oidc?.route === 'discovery')
    ctx.set('cache-control', `public, max-age=${KEYS.published}`);
}

/** The library destroys a session; the service that ends sessions does the rest. */
function endedSession({ logout, storage, upstreamLogout }: BuildParts) {
  return async (ctx: KoaContextWithOIDC, next: () => Promise<void>) => {
    await next();
    if (ctx.oidc?.route !== 'end_session_confirm') return;
    const session = ctx.oidc.session as (KoaContextWithOIDC['oidc']['session'] & { destroyed?: boolean }) | undefined;
    if (!session?.destroyed || !session.accountId) return;
    const { supportCode, address } = requestInfo(ctx.req);
    const { accountId } = session;
    const live = await storage.signIns.session(session.uid);
    await logout.end({ uid: session.uid }, 'logout', {
      line: { accountId, supportCode, address, clientId: ctx.oidc.client?.clientId },
    });
    const away = await upstreamLogout?.away(ctx, live?.signIn.upstream, ctx.response.get('location'));
    if (away) ctx.redirect(away.href);
  };
}
