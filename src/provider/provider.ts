import Provider, { type KoaContextWithOIDC } from 'oidc-provider';
import type { Middleware } from 'koa';
import { issuedAcr } from '../assurance/requirement.ts';
import { isAcr } from '../assurance/levels.ts';
import type { Log } from '../log.ts';
import { createConfiguration, type ProviderParts } from './configuration.ts';
import { listen } from './events.ts';
import { requirementOfRequest } from './policy.ts';

export interface BuildParts extends ProviderParts {
  readonly log: Log;
  /** Gives the provider's own context the renderer of the pages. */
  readonly pagesMiddleware: Middleware;
}

/**
 * One Provider with its listeners. Keys and settings are read when it is built: a change builds another one, and
 * requests in flight end on the old (see holder.ts).
 */
export function buildProvider(parts: BuildParts): Provider {
  const provider = new Provider(parts.settings.ISSUER, createConfiguration(parts));
  // Forwarded headers were checked, or dropped, before the provider sees a request.
  provider.proxy = true;
  provider.use(parts.pagesMiddleware as Parameters<Provider['use']>[0]);
  provider.use(endedSession(parts));
  // `sid` is in every ID token, not only for applications with a back-channel logout address.
  (provider.Client.prototype as unknown as { includeSid(): boolean }).includeSid = () => true;
  // An essential acr claim is answered with one of its own values (OIDC Core §5.5.1.1).
  provider.on('authorization.accepted', (ctx) => {
    const proved = ctx.oidc.session?.acr;
    const issued = isAcr(proved) ? issuedAcr(proved, requirementOfRequest(ctx)) : undefined;
    if (issued !== undefined && issued !== proved) Object.defineProperty(ctx.oidc, 'acr', { value: issued });
  });
  listen(provider, parts.storage, parts.log);
  return provider;
}

/** The library destroys a session; the database is told, so that nothing restored from elsewhere revives it. */
function endedSession({ storage, clock }: BuildParts) {
  return async (ctx: KoaContextWithOIDC, next: () => Promise<void>) => {
    await next();
    if (ctx.oidc?.route !== 'end_session_confirm') return;
    const session = ctx.oidc.session as (KoaContextWithOIDC['oidc']['session'] & { destroyed?: boolean }) | undefined;
    if (!session?.destroyed || !session.accountId) return;
    const { accountId, uid } = session;
    await storage.transaction(async (tx) => {
      await tx.signIns.endSessions({ uid }, 'logout', clock());
      await tx.audit.write({ event: 'session.ended', accountId, details: { by: 'logout' } });
    });
  };
}
