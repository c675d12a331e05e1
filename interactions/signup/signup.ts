import type Router from '@koa/router';
import type { RouterContext } from '@koa/router';
import type { Pace } from '../../config/pace.ts';
import { logRefusal } from '../../src/http/error-page.ts';
import { FlowError, UserError } from '../../src/http/errors.ts';
import { FieldsError } from '../../src/http/form.ts';
import type { Log } from '../../src/log.ts';
import { sameTime } from '../../src/protection/same-time.ts';
import { CONTACTS, type ContactStep } from './contacts.ts';
import { stepOf } from './draft.ts';
import type { Existing } from './existing.ts';
import type { Ground } from './ground.ts';
import type { SignUpPages } from './pages.ts';
import type { Steps } from './steps.ts';

export interface SignUpRoutes {
  readonly log: Log;
  readonly pace: Pick<Pace, 'signUp'>;
  readonly steps: Steps;
  readonly pages: SignUpPages;
  /** None where there is nothing to join an account to. */
  readonly existing: Existing | undefined;
  /** Opens what the request is about. `posted`: it is a form of ours. */
  ground(ctx: RouterContext, posted: boolean): Promise<Ground>;
}

type Act = (ctx: RouterContext, ground: Ground) => Promise<void>;
type Again = (ctx: RouterContext, ground: Ground, error: UserError) => Promise<void>;

/** The screens of a sign-up, wherever it takes place: the router says under which address. */
export function signUpRoutes(router: Router, { log, pace, steps, pages, existing, ground }: SignUpRoutes): void {
  const see = (path: string, act: Act) => router.get(path, async (ctx) => act(ctx, await ground(ctx, false)));

  /** A form, shown again with what is wrong in it; what was saved meanwhile is read anew. */
  const send = (path: string, act: Act, again: Again) =>
    router.post(path, async (ctx) => {
      const since = performance.now();
      const opened = await ground(ctx, true);
      try {
        await act(ctx, opened);
      } catch (error) {
        if (!(error instanceof UserError)) throw error;
        logRefusal(log, ctx.req, error);
        await again(ctx, await ground(ctx, false), error);
      }
      await sameTime(since, pace.signUp);
    });

  const at = (step: ContactStep, { draft }: Ground) => {
    if (stepOf(draft) !== step) throw new FlowError('step-out-of-order');
  };
  /** What is wrong may be in the form rather than in the code. */
  const codeOrForm =
    (step: ContactStep): Again =>
    (ctx, here, error) =>
      stepOf(here.draft) === 'form' ||
      (error instanceof FieldsError && error.fields.some(({ field }) => field !== 'code'))
        ? pages.form(ctx, here, error)
        : pages.code(ctx, here, step, error);

  see('/', async (ctx, here) => {
    const step = stepOf(here.draft);
    if (step === 'form' || step === 'done' || ctx.query.form !== undefined) return pages.form(ctx, here);
    return ctx.redirect(`${here.path}/${step}`);
  });
  send('/', steps.form, pages.form);

  for (const step of CONTACTS) {
    see(`/${step}`, async (ctx, here) => {
      at(step, here);
      return pages.code(ctx, here, step);
    });
    send(
      `/${step}`,
      async (ctx, here) => {
        at(step, here);
        return steps.code(ctx, here, step);
      },
      codeOrForm(step),
    );
    send(
      `/${step}/resend`,
      async (ctx, here) => {
        at(step, here);
        return steps.resend(ctx, here, step);
      },
      codeOrForm(step),
    );
  }

  if (!existing) return;
  see('/existing', pages.existing);
  send('/existing', (ctx, here) => existing.password(ctx, here, here.mode ?? 'cps'), pages.existing);
  see('/existing/code', pages.existingCode);
  send('/existing/code', existing.code, pages.existingCode);
  send('/existing/resend', existing.resend, pages.existingCode);
  see('/existing/proof', pages.existingProof);
  send('/existing/application', existing.application, pages.existingProof);
  send('/existing/passkey', existing.passkey, pages.existingProof);
  send('/existing/passkey/options', existing.passkeyOptions, pages.existingProof);
}
