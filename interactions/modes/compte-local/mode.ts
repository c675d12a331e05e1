import type { RouterContext } from '@koa/router';
import { requestInfo } from '../../../src/http/request.ts';
import type { Structure } from '../../../src/structures/structure.ts';
import type { Kit } from '../../kit.ts';
import { translator } from '../../layout/texts.ts';
import type { Mode } from '../../mode.ts';
import type { Visit } from '../../visit.ts';
import { found, ID, searchPanel } from './panels.ts';
import { rememberedStructure } from './remembered-structure.ts';
import { panelOf, structureRoutes } from './structure-routes.ts';
import { texts } from './texts.ts';

const STAGES = ['choosing', 'in-mode'] as const;
const TYPED_MAX = 100;
const translate = translator(texts);

const typedIn = (ctx: RouterContext): string | undefined => {
  const { q } = ctx.query;
  return typeof q === 'string' ? q.slice(0, TYPED_MAX) : undefined;
};

const hinted = ({ interaction }: Visit): string | undefined => {
  const hint = interaction.params.structure_hint;
  return typeof hint === 'string' ? hint : undefined;
};

/** The structure that the application names, else the last one of this browser, else that of this network. */
async function preferred(kit: Kit, ctx: RouterContext, visit: Visit): Promise<Structure | undefined> {
  for (const name of [hinted(visit), rememberedStructure(ctx)]) {
    const structure = name === undefined ? undefined : await kit.structures.named(name);
    if (structure) return structure;
  }
  return kit.structures.near(requestInfo(ctx.req).address);
}

/** The structure's own account: the person chooses the structure, which says who they are. */
export const compteLocal: Mode = {
  id: ID,
  texts,
  isOffered: () => true,
  async wanted(ctx, visit, { structures }) {
    const hint = hinted(visit);
    if (hint !== undefined && (await structures.named(hint))) return 'asked';
    return (await structures.near(requestInfo(ctx.req).address)) ? 'near' : undefined;
  },
  routes(router, kit) {
    router.get(
      '/',
      kit.screen(STAGES, async (ctx, visit) => {
        const typed = typedIn(ctx);
        const other = ctx.query.autre !== undefined || typed !== undefined;
        const structure = other ? undefined : await preferred(kit, ctx, visit);
        if (structure) return kit.show(ctx, visit, await panelOf(kit, visit, structure));
        return kit.show(ctx, visit, await searchPanel(kit, visit, typed ?? ''));
      }),
    );

    router.get(
      '/structures.json',
      kit.screen(STAGES, async (ctx, visit) => {
        ctx.set('cache-control', 'no-store');
        const { results, message } = await found(kit, visit, typedIn(ctx) ?? '');
        ctx.body = { results, message: message(translate(visit.lang)) };
      }),
    );

    structureRoutes(router, kit);
  },
};
