import type { RouterContext } from '@koa/router';
import { logRefusal } from '../src/http/error-page.ts';
import { FlowError, MireError, UserError } from '../src/http/errors.ts';
import type { Log } from '../src/log.ts';
import type { ShowChooser } from './chooser/chooser.ts';
import type { Dispatcher } from './dispatcher.ts';
import type { Entry } from './entry.ts';
import { toRow } from './flow.ts';
import type { Handler, Kit, Panel } from './kit.ts';
import type { Mode } from './mode.ts';
import { keepPartial } from './stored-proof.ts';
import type { Visit } from './visit.ts';

export interface KitParts
  extends Pick<
    Kit,
    | 'storage'
    | 'settings'
    | 'clock'
    | 'passwordSignIn'
    | 'codes'
    | 'captcha'
    | 'cards'
    | 'desktop'
    | 'structures'
    | 'psc'
    | 'passkeys'
    | 'totp'
    | 'recovery'
  > {
  readonly log: Log;
  readonly entry: Entry;
  readonly dispatcher: Dispatcher;
  readonly show: ShowChooser;
}

/** What one mode is given to do its work with. */
export function kitFor(
  mode: Mode,
  {
    log,
    storage,
    settings,
    clock,
    passwordSignIn,
    codes,
    captcha,
    cards,
    desktop,
    structures,
    psc,
    passkeys,
    totp,
    recovery,
    entry,
    dispatcher,
    show,
  }: KitParts,
): Kit {
  /** Shows a form again with what is wrong in it; anything that is not about what the person sent is a page of its own. */
  async function orAgain(
    ctx: RouterContext,
    visit: Visit,
    handler: Handler,
    again: (error: UserError) => Promise<Panel>,
  ): Promise<void> {
    try {
      await handler(ctx, visit);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      let panel: Panel;
      try {
        panel = await again(error);
      } catch (second) {
        // The form cannot be shown either, such as a code page whose challenge is gone: the first reason is the true one.
        throw second instanceof MireError ? error : second;
      }
      logRefusal(log, ctx.req, error);
      await show(ctx, visit, mode.id, panel, error);
    }
  }

  return {
    storage,
    settings,
    clock,
    passwordSignIn,
    codes,
    captcha,
    cards,
    desktop,
    structures,
    psc,
    log,
    passkeys,
    totp,
    recovery,
    screen: (stages, handler) => async (ctx) => {
      const visit = await entry.visit(ctx, stages);
      await entry.checkMode(ctx, visit, mode.id);
      await handler(ctx, visit);
    },
    form: (stages, handler, again) => async (ctx) => {
      const visit = await entry.posted(ctx, stages);
      await entry.checkMode(ctx, visit, mode.id);
      await orAgain(ctx, visit, handler, (error) => again(ctx, visit, error));
    },
    show: (ctx, visit, panel, error) => show(ctx, visit, mode.id, panel, error),
    async move(visit, to, tx = storage) {
      if (!(await tx.flows.move(visit.place, toRow(keepPartial(visit.flow, to)))))
        throw new FlowError('step-out-of-order');
    },
    complete: (ctx, visit, proof) => dispatcher.complete(ctx, visit, proof),
  };
}
