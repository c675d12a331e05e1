import type { Middleware } from 'koa';
import type Provider from 'oidc-provider';
import { errors } from 'oidc-provider';

/** Where the suite answers a request without a browser, in the place of a person's desktop application. */
export const APPROVAL_PATH = '/sandbox/conformance/ciba';

/** `automated_ciba_approval_url` of the suite. The real road, with a desktop application, has tests of its own. */
export function createCibaApproval(provider: () => Provider): Middleware {
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
      await grant.save();
      const proof = { acr: 'eidas2', amr: ['swk', 'user'], authTime: Math.floor(Date.now() / 1000) };
      await provider().backchannelResult(request, grant, { ...proof, expiresWithSession: false });
    }
    ctx.body = { done: ctx.query.action };
    return undefined;
  };
}
