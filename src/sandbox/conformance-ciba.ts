import { randomUUID } from 'node:crypto';
import type { Middleware } from 'koa';
import type Provider from 'oidc-provider';
import { errors } from 'oidc-provider';
import { randomToken } from '../protection/secrets.ts';
import type { Storage } from '../storage.ts';

/** Where the suite answers a request without a browser, in the place of a person's desktop application. */
export const APPROVAL_PATH = '/sandbox/conformance/ciba';

/** `automated_ciba_approval_url` of the suite. The real road, with a desktop application, has tests of its own. */
export function createCibaApproval(provider: () => Provider, { signIns }: Pick<Storage, 'signIns'>): Middleware {
  return async (ctx, next) => {
    if (ctx.path !== APPROVAL_PATH) return next();
    const { BackchannelAuthenticationRequest, Grant } = provider();
    const request = await BackchannelAuthenticationRequest.find(String(ctx.query.auth_req_id));
    if (!request?.accountId || !request.clientId) return ctx.throw(404);
    if (ctx.query.action !== 'allow') {
      await provider().backchannelResult(request, new errors.AccessDenied('the person refused'));
    } else {
      const grant = new Grant({ accountId: request.accountId, clientId: request.clientId });
      grant.addOIDCScope(request.scope ?? '');
      const grantId = await grant.save();
      const { accountId, clientId } = request;
      const proof = { acr: 'eidas2', amr: ['swk', 'user'] } as const;
      const at = new Date();
      // What a token rests on: see src/provider/professional.ts.
      const signIn = { id: randomUUID(), accountId, clientId, mode: 'monsisra', ...proof } as const;
      const uid = randomToken();
      await signIns.insert({ ...signIn, passwordAt: undefined, authenticatedAt: at });
      await signIns.openSession(uid, signIn, at, {});
      await signIns.bindGrant({ grantId, clientId, offline: false, sid: undefined }, uid, signIn);
      const authTime = Math.floor(at.getTime() / 1000);
      await provider().backchannelResult(request, grant, {
        acr: proof.acr,
        amr: [...proof.amr],
        authTime,
        expiresWithSession: false,
      });
    }
    ctx.body = { done: ctx.query.action };
    return undefined;
  };
}
