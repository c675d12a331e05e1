import Router from '@koa/router';
import { FlowError, UserError } from '../../src/http/errors.ts';
import type { Storage } from '../../src/storage.ts';
import type { StructureDesk } from '../../src/structures/desk.ts';
import type { UpstreamLogout } from '../../src/upstream/logout.ts';

/** One version of a logo never changes. */
const LOGO_LIFE = 24 * 60 * 60;

/** Outside any interaction: the fixed callback of each structure's provider, and logos. */
export function createStructureRoutes({
  structures,
  storage,
  upstreamLogout,
}: {
  structures: StructureDesk;
  storage: Pick<Storage, 'structures'>;
  upstreamLogout: UpstreamLogout;
}): Router {
  const router = new Router();

  // Only brings the browser back: whether it is the one that left is for its interaction to say.
  router.get('/callback/structure/:id', (ctx) => {
    const { state } = ctx.query;
    const uid = typeof state === 'string' ? structures.provider.interactionOf(String(ctx.params.id), state) : undefined;
    if (uid === undefined) throw new FlowError('interaction-unknown');
    ctx.status = 303;
    ctx.redirect(`/interaction/${uid}/compte-local/return?${ctx.querystring}`);
  });

  router.get('/callback/structure/:id/logout', (ctx) => upstreamLogout.back(ctx));

  router.get('/structures/:id/logo', async (ctx) => {
    const logo = (await storage.structures.byId(String(ctx.params.id)))?.logo;
    if (!logo) throw new UserError('structure-unknown');
    ctx.set('cache-control', `public, max-age=${LOGO_LIFE}`);
    // A picture that is opened by itself runs nothing.
    ctx.set('content-security-policy', "default-src 'none'; style-src 'unsafe-inline'; sandbox");
    ctx.type = logo.type;
    ctx.body = Buffer.from(logo.base64, 'base64');
  });
  return router;
}
