import type Router from '@koa/router';
import type { RouterContext } from '@koa/router';
import { inWords, isOutcome, type Outcome } from '../../src/accounts/outcomes.ts';
import { logRefusal } from '../../src/http/error-page.ts';
import { UserError } from '../../src/http/errors.ts';
import { readFields, readForm, required } from '../../src/http/form.ts';
import { allowForms } from '../../src/http/headers.ts';
import { requestInfo } from '../../src/http/request.ts';
import { errorLocals } from '../error/form-errors.ts';
import { langOf } from '../layout/lang.ts';
import { createVisitor } from '../visitor.ts';
import type { AccountPages } from './account.ts';

/** Undoing a change by the code of its mail, signed in or not: whoever lost their account is not. */
export function undo(router: Router, { pages, csrf, log, undoing }: AccountPages): void {
  const visitor = createVisitor(csrf);
  const show = (ctx: RouterContext, view: string, title: string, error?: UserError, outcomes?: readonly Outcome[]) => {
    allowForms(ctx);
    return pages.show(ctx, {
      view: `interactions/account/${view}`,
      title,
      status: error?.status ?? 200,
      ...(outcomes ? { keep: ['fait'] } : {}),
      locals: (t) => ({
        ...(outcomes ? { outcomes: inWords(outcomes, langOf(ctx)) } : {}),
        csrf: visitor.token(ctx),
        ...(error ? errorLocals(error, t) : {}),
      }),
    });
  };

  router.get('/annuler', (ctx) => show(ctx, 'undo', 'account.undo.title'));
  router.get('/annule', (ctx) => {
    const outcomes = String(ctx.query.fait ?? '')
      .split(' ')
      .filter(isOutcome);
    return outcomes.length > 0
      ? show(ctx, 'taken-back', 'account.taken-back.title', undefined, outcomes)
      : show(ctx, 'undone', 'account.undone.title');
  });
  router.get('/ferme', (ctx) => show(ctx, 'closed', 'account.closed.title'));
  router.post('/annuler', async (ctx) => {
    await readForm(ctx, async () => undefined);
    visitor.check(ctx);
    try {
      const { undo_code: code, not_me: notMe } = readFields(ctx, {
        undo_code: required(60),
        not_me: required(3).optional(),
      });
      const outcomes = await undoing(code, notMe === 'yes', { locale: langOf(ctx), request: requestInfo(ctx.req) });
      ctx.status = 303;
      // What was done, in words of the address that say nothing of whose account it is.
      ctx.redirect(outcomes.length > 0 ? `/compte/annule?fait=${outcomes.join('+')}` : '/compte/annule');
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      logRefusal(log, ctx.req, error);
      await show(ctx, 'undo', 'account.undo.title', error);
    }
  });
}
