import type { RouterContext } from '@koa/router';
import { LOGIN_MAX } from '../../../src/accounts/login-key.ts';
import { PASSWORD_MAX } from '../../../src/accounts/passwords.ts';
import { UserError } from '../../../src/http/errors.ts';
import { line, readFields, required } from '../../../src/http/form.ts';
import { requestInfo } from '../../../src/http/request.ts';
import { statementOf } from '../../../src/structures/statement.ts';
import { type LdapStructure, type Structure, sourceOf, structureClaim } from '../../../src/structures/structure.ts';
import type { Kit } from '../../kit.ts';
import { translator } from '../../layout/texts.ts';
import type { Mode, Proof } from '../../mode.ts';
import { loginTyped } from '../../typed.ts';
import { modeRow, type Visit } from '../../visit.ts';
import { found, ID, searchPanel, structurePanel } from './panels.ts';
import { rememberedStructure, rememberStructure } from './remembered-structure.ts';
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

/** @throws {UserError} `structure-unknown` */
async function structureOf(kit: Kit, ctx: RouterContext): Promise<Structure> {
  const structure = await kit.structures.named(String(ctx.params.structure));
  if (!structure) throw new UserError('structure-unknown');
  return structure;
}

async function byPassword(kit: Kit, ctx: RouterContext, visit: Visit, structure: LdapStructure): Promise<Proof> {
  const { login, password } = readFields(ctx, {
    login: required(LOGIN_MAX),
    password: line(PASSWORD_MAX).min(1),
  });
  const clientId = visit.application.clientId;
  const request = requestInfo(ctx.req);
  const entry = await kit.structures.passwords.verify({ structure, login, password, clientId, request });
  const at = kit.clock();
  return {
    mode: ID,
    subject: { source: sourceOf(structure), externalId: entry.entryId },
    statement: statementOf(structure, entry),
    upstream: { provider: sourceOf(structure), structure: structureClaim(structure, entry.roles) },
    // A directory proves a password, whatever else it may ask of its own people.
    acr: 'eidas1',
    amr: modeRow(ID).amr,
    at,
    passwordAt: at,
    full: true,
  };
}

const isLdap = (structure: Structure): structure is LdapStructure => structure.connector.kind === 'ldap';

/** The structure's own account: the person chooses the structure, which says who they are. */
export const compteLocal: Mode = {
  id: ID,
  texts,
  ready: true,
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
        if (structure) return kit.show(ctx, visit, structurePanel(visit, structure));
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

    router.get(
      '/s/:structure',
      kit.screen(STAGES, async (ctx, visit) => {
        try {
          await kit.show(ctx, visit, structurePanel(visit, await structureOf(kit, ctx)));
        } catch (error) {
          if (!(error instanceof UserError)) throw error;
          await kit.show(ctx, visit, await searchPanel(kit, visit, ''), error);
        }
      }),
    );

    router.post(
      '/s/:structure',
      kit.form(
        STAGES,
        async (ctx, visit) => {
          const structure = await structureOf(kit, ctx);
          if (!isLdap(structure)) throw new UserError('structure-unknown');
          const proof = await byPassword(kit, ctx, visit, structure);
          rememberStructure(ctx, structure.id);
          await kit.complete(ctx, visit, proof);
        },
        async (ctx, visit, error) =>
          error.code === 'structure-unknown'
            ? searchPanel(kit, visit, '')
            : structurePanel(visit, await structureOf(kit, ctx), loginTyped(visit, ctx)),
      ),
    );
  },
};
