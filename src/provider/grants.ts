import { errors, type Grant, type KoaContextWithOIDC } from 'oidc-provider';
import { isFirstParty } from '../clients/metadata.ts';
import { DESKTOP_SCOPE } from '../desktop/caller.ts';
import type { Storage } from '../storage.ts';
import { professionalOf } from './professional.ts';
import { requestedResourceScopes } from './resources.ts';

/**
 * `loadExistingGrant` of oidc-provider. A grant belongs to one session, one application and one sign-in: signing in
 * again, or more strongly, starts a new one, so that a token says what was proved when its grant was given. First-party
 * applications, and those the person consented to before, get theirs without a screen.
 */
export function createLoadExistingGrant(storage: Storage) {
  return async (ctx: KoaContextWithOIDC): Promise<Grant | undefined> => {
    const { client, session, result, provider } = ctx.oidc;
    const professional = professionalOf(ctx);
    const live = professional?.live;
    if (!client || !session?.accountId || !live) return undefined;
    const accountId = session.accountId;
    // Names the session for this application before anything rests on it.
    session.ensureClientContainer(client.clientId);

    const consented = (result?.consent as { grantId?: string } | undefined)?.grantId;
    const grantId = consented ?? session.grantIdFor(client.clientId);
    const existing = grantId ? await provider.Grant.find(grantId) : undefined;
    if (existing && (existing.accountId !== accountId || existing.clientId !== client.clientId)) {
      throw new errors.AccessDenied('the grant belongs to somebody else');
    }
    if (consented && existing) {
      await storage.signIns.bindGrant(bound(ctx, consented), session.uid, live.signIn);
      return existing;
    }

    const scopes = [...ctx.oidc.requestParamOIDCScopes];
    const claims = [...ctx.oidc.requestParamClaims];
    const apis = requestedResourceScopes(ctx);
    const firstParty = isFirstParty(client);
    const sameSignIn = existing !== undefined && professional?.ofGrant?.id === live.signIn.id;
    if (existing && sameSignIn && covers(existing, scopes, claims, apis)) return existing;
    // Somebody else's application asks for something new: the consent screen comes, and builds on what is there.
    if (!firstParty && !(await storage.consents.cover(accountId, client.clientId, scopes, claims)))
      return sameSignIn ? existing : undefined;

    const grant = new provider.Grant({ accountId, clientId: client.clientId });
    grant.addOIDCScope(scopes.join(' '));
    if (claims.length > 0) grant.addOIDCClaims(claims);
    for (const [resource, names] of apis) if (names.length > 0) grant.addResourceScope(resource, names.join(' '));
    const id = await grant.save();
    await storage.signIns.bindGrant(bound(ctx, id), session.uid, live.signIn);
    return grant;
  };
}

const covers = (
  grant: Grant,
  scopes: readonly string[],
  claims: readonly string[],
  apis: ReturnType<typeof requestedResourceScopes>,
): boolean => {
  const grantedScopes = new Set(grant.getOIDCScope().split(' '));
  const grantedClaims = new Set(grant.getOIDCClaims());
  return (
    scopes.every((scope) => grantedScopes.has(scope)) &&
    claims.every((claim) => grantedClaims.has(claim)) &&
    apis.every(([resource, names]) => {
      const granted = new Set(grant.getResourceScope(resource).split(' '));
      return names.every((name) => granted.has(name));
    })
  );
};

const bound = (ctx: KoaContextWithOIDC, grantId: string) => ({
  grantId,
  clientId: ctx.oidc.client?.clientId ?? '',
  // The library drops the scope unless `prompt=consent` and the grant type allow it.
  // A desktop application has a session of its own, which no browser ends.
  offline: ['offline_access', DESKTOP_SCOPE].some((scope) => ctx.oidc.requestParamOIDCScopes.has(scope)),
  sid: ctx.oidc.session?.sidFor(ctx.oidc.client?.clientId ?? ''),
});
