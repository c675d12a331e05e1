import type { RouterContext } from '@koa/router';
import type { ModeId } from '../../config/modes.ts';
import { UserError } from '../../src/http/errors.ts';
import { allowForms, allowWidgets } from '../../src/http/headers.ts';
import type { Captcha } from '../../src/protection/captcha.ts';
import type { Storage } from '../../src/storage.ts';
import { captchaLocals } from '../captcha/captcha.ts';
import { errorLocals } from '../error/form-errors.ts';
import type { Panel } from '../kit.ts';
import type { Pages } from '../layout/renderer.ts';
import type { Translate } from '../layout/texts.ts';
import type { Mode } from '../mode.ts';
import { fullName, type Visit } from '../visit.ts';
import { promisesACode } from './missing-code.ts';
import { type IsAway, tabsOf } from './tabs.ts';

export interface ChooserParts {
  readonly pages: Pages;
  readonly modes: readonly Mode[];
  readonly isAway: IsAway;
  readonly captcha: Captcha;
  readonly storage: Storage;
  /** What every screen of an interaction needs to be left. */
  readonly leave: (visit: Visit) => { csrf: string; abortAction: string };
}

export type ShowChooser = (
  ctx: RouterContext,
  visit: Visit,
  mode: ModeId | undefined,
  panel?: Panel,
  error?: UserError,
) => Promise<void>;

const reasonLocals = (reason: string | undefined) => (reason ? { reason } : {});

/** The sign-in page: the tabs, and the open one's panel, with an error of its form when there is one. */
export function createChooser({ pages, modes, isAway, leave, captcha, storage }: ChooserParts): ShowChooser {
  /** Why the session of this browser is not enough, in the person's words. */
  const reasonOf = ({ lacks, application, session }: Visit, t: Translate): string | undefined => {
    const { name, reason } = application;
    if (lacks === 'level') return reason ?? t('chooser.step-up.reason', { application: name });
    const mode = session && t(`mode.${session.live.signIn.mode}.label`);
    return lacks && t(`chooser.step-up.${lacks}`, { application: name, mode: mode ?? '' });
  };

  /** A mode that the browser suggests by itself, where its tab is not open and the application takes it. */
  const suggested = (visit: Visit, open: ModeId | undefined) => {
    const found = modes.find(({ id, autofill }) => autofill && id !== open && !visit.whyRefused(id));
    return found && !visit.session ? { autofillAction: `/interaction/${visit.uid}/${found.id}` } : {};
  };
  return async (ctx, visit, mode, panel, error) => {
    allowForms(ctx, [...visit.formTargets, ...(panel?.formTargets ?? [])], panel?.connects);
    const retryAfter = error?.detail.retryAfter;
    if (retryAfter !== undefined) ctx.set('retry-after', String(Math.ceil(Number(retryAfter))));
    const human = error?.detail.captcha === true;
    if (human) allowWidgets(ctx, captcha.origins);
    const { session, application, interaction } = visit;
    // Nothing was sent wrongly: what was proved before no longer counts, and the person reads why it is asked again.
    const said = error ?? (visit.overtaken ? new UserError('proof-overtaken') : undefined);
    const person = session?.account ?? visit.livingPassword?.account;
    const onlyMissing = person !== undefined && (await promisesACode(storage, visit));
    await pages.show(ctx, {
      view: 'interactions/chooser/view',
      title: panel?.title ?? 'chooser.title',
      status: error?.status ?? 200,
      lang: visit.lang,
      ...(panel ? { panel: panel.view } : {}),
      locals: (t) => ({
        application: application.name,
        tabs: tabsOf(modes, visit, { open: mode, isAway, t }),
        ...(application.policy ? { policyHref: application.policy } : {}),
        ...(application.terms ? { termsHref: application.terms } : {}),
        ...leave(visit),
        ...(person
          ? {
              stepUp: {
                title: t(session ? 'chooser.step-up.title' : 'chooser.step-up.half', { name: fullName(person) }),
                name: fullName(person),
                ...reasonLocals(reasonOf(visit, t)),
                onlyMissing,
                ...(visit.livingPassword && mode ? { otherHref: `/interaction/${visit.uid}/${mode}?autre` } : {}),
                ...(interaction.prompt.name === 'select_account'
                  ? { keepAction: `/interaction/${visit.uid}/keep` }
                  : {}),
              },
            }
          : {}),
        underWay: panel?.underWay === true,
        ...suggested(visit, mode),
        ...panel?.locals?.(t),
        ...(said ? errorLocals(said, t) : {}),
        // Over a limit, whoever proves to be human goes on: see src/protection/password-guard.ts.
        ...(human ? captchaLocals(captcha, visit.lang) : {}),
      }),
    });
  };
}
