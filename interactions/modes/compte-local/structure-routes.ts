import type Router from '@koa/router';
import type { RouterContext } from '@koa/router';
import { LOGIN_MAX } from '../../../src/accounts/login-key.ts';
import { PASSWORD_MAX } from '../../../src/accounts/passwords.ts';
import { FlowError, UserError } from '../../../src/http/errors.ts';
import { line, readFields, required } from '../../../src/http/form.ts';
import { requestInfo } from '../../../src/http/request.ts';
import { isOidc, type LdapStructure, type OidcStructure, type Structure } from '../../../src/structures/structure.ts';
import type { Wish } from '../../../src/upstream/provider.ts';
import { provenBy } from '../../captcha/proven.ts';
import type { Kit, Panel } from '../../kit.ts';
import { loginTyped } from '../../typed.ts';
import { movedOn, type Visit } from '../../visit.ts';
import { searchPanel, structurePanel } from './panels.ts';
import { byDirectory, byProvider } from './proofs.ts';
import { rememberStructure } from './remembered-structure.ts';
import { atProvider, inMode } from './state.ts';

const STAGES = ['choosing', 'in-mode'] as const;

/** @throws {UserError} `structure-unknown` */
async function structureNamed(kit: Kit, name: unknown): Promise<Structure> {
  const structure = await kit.structures.named(String(name));
  if (!structure) throw new UserError('structure-unknown');
  return structure;
}

/** The form of one structure. */
export async function panelOf(kit: Kit, visit: Visit, structure: Structure, typed?: string): Promise<Panel> {
  const targets = isOidc(structure) ? await kit.structures.provider.formTargets(structure) : [];
  return structurePanel(visit, structure, typed, targets);
}

/** The form again, with what is wrong; without the structure, the search. */
async function again(kit: Kit, ctx: RouterContext, visit: Visit, name: unknown): Promise<Panel> {
  const structure = await kit.structures.named(String(name));
  return structure ? panelOf(kit, visit, structure, loginTyped(visit, ctx)) : searchPanel(kit, visit, '');
}

/** What the application asks of the proof's freshness is asked there too. */
function wishOf({ interaction: { params } }: Visit): Wish {
  const prompts = typeof params.prompt === 'string' ? params.prompt.split(' ') : [];
  const maxAge = Number(params.max_age);
  const hint = params.login_hint;
  return {
    ...(prompts.includes('login') ? { prompt: 'login' } : {}),
    ...(params.max_age !== undefined && Number.isInteger(maxAge) && maxAge >= 0 ? { maxAge } : {}),
    ...(typeof hint === 'string' ? { hints: { login_hint: hint } } : {}),
  };
}

async function toProvider(kit: Kit, ctx: RouterContext, visit: Visit, structure: OidcStructure): Promise<void> {
  const { url, pending } = await kit.structures.provider.start(structure, visit.uid, wishOf(visit));
  await kit.move(visit, inMode({ structureId: structure.id, pending }));
  ctx.status = 303;
  ctx.redirect(url.href);
}

const PASSWORD_FORM = { login: required(LOGIN_MAX), password: line(PASSWORD_MAX).min(1) };

async function byPassword(kit: Kit, ctx: RouterContext, visit: Visit, structure: LdapStructure): Promise<void> {
  const { login, password } = readFields(ctx, PASSWORD_FORM);
  const clientId = visit.application.clientId;
  const request = requestInfo(ctx.req);
  const proven = provenBy(kit.captcha, ctx);
  const entry = await kit.structures.passwords.verify({ structure, login, password, clientId, request, proven });
  rememberStructure(ctx, structure.id);
  await kit.complete(ctx, visit, byDirectory(structure, entry, kit.clock()));
}

/** One structure: its form, and the way back from its provider. */
export function structureRoutes(router: Router, kit: Kit): void {
  router.get(
    '/s/:structure',
    kit.screen(STAGES, async (ctx, visit) => {
      const structure = await kit.structures.named(String(ctx.params.structure));
      if (structure) return kit.show(ctx, visit, await panelOf(kit, visit, structure));
      return kit.show(ctx, visit, await searchPanel(kit, visit, ''), new UserError('structure-unknown'));
    }),
  );

  router.post(
    '/s/:structure',
    kit.form(
      STAGES,
      async (ctx, visit) => {
        const structure = await structureNamed(kit, ctx.params.structure);
        if (isOidc(structure)) return toProvider(kit, ctx, visit, structure);
        return byPassword(kit, ctx, visit, structure as LdapStructure);
      },
      (ctx, visit) => again(kit, ctx, visit, ctx.params.structure),
    ),
  );

  router.get(
    '/return',
    kit.screen(STAGES, async (ctx, visit) => {
      const left = atProvider(visit);
      if (!left) throw new FlowError('step-out-of-order');
      // One answer to one question: whatever it is, it is not asked about again.
      await kit.move(visit, { stage: 'choosing' });
      const next = { ...visit, flow: { stage: 'choosing' } as const, place: movedOn(visit) };
      try {
        const structure = await structureNamed(kit, left.structureId);
        if (!isOidc(structure)) throw new UserError('structure-unknown');
        const of = { clientId: visit.application.clientId, request: requestInfo(ctx.req) };
        const query = new URLSearchParams(ctx.querystring);
        const answer = await kit.structures.provider.finish(structure, query, left.pending, of);
        rememberStructure(ctx, structure.id);
        await kit.complete(ctx, next, byProvider(structure, answer, kit.clock()));
      } catch (error) {
        if (!(error instanceof UserError)) throw error;
        await kit.show(ctx, next, await again(kit, ctx, next, left.structureId), error);
      }
    }),
  );
}
