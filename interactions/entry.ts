import type { RouterContext } from '@koa/router';
import type { ModeId } from '../config/modes.ts';
import type { Csrf } from '../src/http/csrf.ts';
import { FlowError } from '../src/http/errors.ts';
import { readForm } from '../src/http/form.ts';
import { requestInfo } from '../src/http/request.ts';
import type { Storage } from '../src/storage.ts';
import type { Stage } from './flow.ts';
import type { Visit } from './visit.ts';

/** What an error page may say about the interaction it happened in. */
const visits = new WeakMap<object, Visit>();
export const visitOf = (request: object): Visit | undefined => visits.get(request);

/** How a request enters an interaction: whose it is, whether its form is ours, whether its step is still to be done. */
export interface Entry {
  /** @throws {FlowError} `interaction-done` or `step-out-of-order` when the stage is not one of these. */
  visit(ctx: RouterContext, stages: readonly Stage[]): Promise<Visit>;
  /** The same for a form: its body, its token. */
  posted(ctx: RouterContext, stages: readonly Stage[]): Promise<Visit>;
  /** A hidden tab that still answers a POST would be a hole: the question of the page is asked again here. */
  checkMode(ctx: RouterContext, visit: Visit, mode: ModeId): Promise<void>;
}

/** Prompts of the policy that signing in answers. */
const SIGN_IN_PROMPTS = new Set(['login', 'select_account']);

export function createEntry({
  open,
  csrf,
  storage,
}: {
  open: (ctx: RouterContext) => Promise<Visit>;
  csrf: Csrf;
  storage: Storage;
}): Entry {
  async function enter(ctx: RouterContext): Promise<Visit> {
    const visit = await open(ctx);
    visits.set(ctx.req, visit);
    return visit;
  }

  function checkStage({ flow }: Visit, stages: readonly Stage[]): void {
    if (!stages.includes(flow.stage))
      throw new FlowError(flow.stage === 'done' ? 'interaction-done' : 'step-out-of-order');
  }

  return {
    async visit(ctx, stages) {
      const visit = await enter(ctx);
      checkStage(visit, stages);
      return visit;
    },
    async posted(ctx, stages) {
      await readForm(ctx, async () => undefined);
      const visit = await enter(ctx);
      csrf.check(visit.uid, (ctx.request as { body?: { _csrf?: unknown } }).body?._csrf);
      checkStage(visit, stages);
      return visit;
    },
    async checkMode(ctx, visit, mode) {
      const refusal = visit.whyRefused(mode);
      if (!refusal && SIGN_IN_PROMPTS.has(visit.interaction.prompt.name)) return;
      const { supportCode, address } = requestInfo(ctx.req);
      await storage.audit.write({
        event: 'sign-in.mode-refused',
        accountId: visit.session?.account.id,
        clientId: visit.application.clientId,
        mode,
        supportCode,
        address,
        details: { reason: refusal ?? 'not-a-login' },
      });
      throw new FlowError('mode-not-accepted', { mode, refusal });
    },
  };
}
