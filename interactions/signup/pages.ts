import type { RouterContext } from '@koa/router';
import { CODE } from '../../config/lives.ts';
import { type Concept, PROFESSIONS, SPECIALTIES } from '../../config/nomenclatures.ts';
import { TITLES } from '../../config/titles.ts';
import type { Channel } from '../../src/accounts/account.ts';
import { type Codes, masked } from '../../src/challenges/codes.ts';
import type { Clock } from '../../src/clock.ts';
import { meaningOf } from '../../src/delivery/answers.ts';
import { FlowError, type UserError } from '../../src/http/errors.ts';
import { allowForms, allowWidgets } from '../../src/http/headers.ts';
import type { Captcha } from '../../src/protection/captcha.ts';
import type { Storage } from '../../src/storage.ts';
import { captchaLocals } from '../captcha/captcha.ts';
import { errorLocals } from '../error/form-errors.ts';
import type { Pages } from '../layout/renderer.ts';
import type { Translate } from '../layout/texts.ts';
import { loginTypedIn } from '../typed.ts';
import { type ContactStep, troubleTold } from './contacts.ts';
import type { Existing } from './existing.ts';
import { isYes, valuesOf } from './form.ts';
import type { Ground } from './ground.ts';
import { rulesOf } from './rules.ts';

export interface PageParts {
  readonly pages: Pages;
  readonly storage: Storage;
  readonly codes: Codes;
  readonly captcha: Captcha;
  readonly clock: Clock;
  readonly existing?: Existing | undefined;
}

const byLabel = (table: Readonly<Record<string, Concept>>) =>
  Object.entries(table)
    .filter(([, concept]) => !concept.deprecated)
    .map(([code, { label, profession }]) => ({ code, label, profession }))
    .sort((a, b) => a.label.localeCompare(b.label, 'fr'));

const PROFESSION_LIST = byLabel(PROFESSIONS);
/** One group for each profession that has specialties: the list works without a script. */
const SPECIALTY_GROUPS = PROFESSION_LIST.map(({ code, label }) => ({
  code,
  label,
  specialties: byLabel(SPECIALTIES).filter(({ profession }) => profession === code),
})).filter(({ specialties }) => specialties.length > 0);

/** Those in use, and the one the person has, even if it is no longer given. */
const professionList = (chosen: string) => {
  const known = PROFESSIONS[chosen];
  return !known || PROFESSION_LIST.some(({ code }) => code === chosen)
    ? PROFESSION_LIST
    : [...PROFESSION_LIST, { code: chosen, label: known.label }];
};

export function createSignUpPages({ pages, storage, codes, captcha, clock, existing }: PageParts) {
  async function show(
    ctx: RouterContext,
    ground: Ground,
    page: { view: string; title: string; locals: (t: Translate) => Record<string, unknown> },
    error?: UserError,
  ): Promise<void> {
    allowForms(ctx, ground.formTargets);
    const retryAfter = error?.detail.retryAfter;
    if (retryAfter !== undefined) ctx.set('retry-after', String(Math.ceil(Number(retryAfter))));
    await pages.show(ctx, {
      ...page,
      status: error?.status ?? 200,
      lang: ground.lang,
      locals: (t) => ({
        application: ground.application,
        ...ground.leave,
        ...page.locals(t),
        ...(error ? errorLocals(error, t) : {}),
      }),
    });
  }

  /** The page of any code: when another may be asked for, and how many more. */
  async function codeLocals(challengeId: string | undefined, flow: string) {
    const [challenge, sends] = await Promise.all([
      challengeId ? codes.byId(challengeId) : undefined,
      storage.challenges.sendsOfFlow(flow),
    ]);
    const now = clock().getTime();
    const left = Math.max(0, (challenge?.expiresAt?.getTime() ?? now) - now);
    const since = (now - (challenge?.sentAt?.getTime() ?? 0)) / 1000;
    return {
      challenge,
      locals: {
        expiresInMinutes: Math.ceil(left / 60_000),
        resendInSeconds: Math.max(0, Math.ceil(CODE.resendAfter - since)),
        sendsLeft: Math.max(0, CODE.sendsPerInteraction - sends),
      },
    };
  }

  return {
    async form(ctx: RouterContext, ground: Ground, error?: UserError): Promise<void> {
      const { draft, statement, lang } = ground;
      const rules = rulesOf(statement);
      const values = valuesOf(draft.typed, statement, rules);
      await show(
        ctx,
        ground,
        {
          view: 'interactions/signup/form',
          title: 'signup.title',
          locals: (t) => ({
            action: ground.path,
            existingHref: ground.identity && `${ground.path}/existing`,
            source: ground.mode,
            values,
            locked: { family_name: rules.locked.has('family_name'), given_name: rules.locked.has('given_name') },
            loginRequired: rules.login === 'required',
            phoneAsked: rules.phone === 'asked',
            wantsLogin: rules.login === 'required' || isYes(draft.typed.wants_login),
            accepted: isYes(draft.typed.terms),
            passwordChosen: draft.passwordHash !== undefined,
            titles: TITLES.map((code) => ({ code, label: t(`title.${code}`) })),
            professions: professionList(values.profession),
            specialtyGroups: SPECIALTY_GROUPS,
            saidProfession: statement?.profession ? PROFESSIONS[statement.profession]?.label : undefined,
            proven: draft.proven,
            ...captchaLocals(captcha, lang),
          }),
        },
        error,
      );
      if (!draft.proven) allowWidgets(ctx, captcha.origins);
    },

    async code(ctx: RouterContext, ground: Ground, step: ContactStep, error?: UserError): Promise<void> {
      const { draft } = ground;
      const { challenge, locals } = await codeLocals(draft[step].challengeId, `${ground.flow}:${step}`);
      const channel: Channel = step === 'mail' ? 'mail' : 'sms';
      const destination = (step === 'mail' ? draft.answers?.email : draft.answers?.phone) ?? '';
      const trouble = challenge && (await troubleTold(storage, challenge));
      await show(
        ctx,
        ground,
        {
          view: 'interactions/signup/code',
          title: `signup.code.title.${channel}`,
          locals: () => ({
            ...locals,
            action: `${ground.path}/${step}`,
            resendAction: `${ground.path}/${step}/resend`,
            channel,
            trouble,
            // What they typed a moment ago is shown whole, so that a slip is seen.
            destination,
            last: step === 'phone' || draft.answers?.phone === undefined,
            backHref: `${ground.path}?form`,
          }),
        },
        error,
      );
    },

    async existing(ctx: RouterContext, ground: Ground, error?: UserError): Promise<void> {
      await show(
        ctx,
        ground,
        {
          view: 'interactions/signup/existing',
          title: 'signup.existing.title',
          locals: () => ({
            action: `${ground.path}/existing`,
            backHref: `${ground.path}?form`,
            values: { login: loginTypedIn(ctx) },
          }),
        },
        error,
      );
    },

    async existingCode(ctx: RouterContext, ground: Ground, error?: UserError): Promise<void> {
      if (!existing) throw new FlowError('step-out-of-order');
      await existing.owner(ground);
      const { challenge, locals } = await codeLocals(ground.draft.existing?.challengeId, `${ground.flow}:existing`);
      const channel = challenge?.channel ?? 'mail';
      await show(
        ctx,
        ground,
        {
          view: 'interactions/signup/code',
          title: 'signup.existing.title',
          locals: () => ({
            ...locals,
            action: `${ground.path}/existing/code`,
            resendAction: `${ground.path}/existing/resend`,
            channel,
            destination: challenge ? masked(channel, challenge.destination) : '',
            trouble: challenge?.trouble && meaningOf(challenge.trouble).told,
            last: true,
            joining: true,
            backHref: `${ground.path}/existing`,
          }),
        },
        error,
      );
    },

    /** More than a code by mail, where the account has it. */
    async existingProof(ctx: RouterContext, ground: Ground, error?: UserError): Promise<void> {
      if (!existing) throw new FlowError('step-out-of-order');
      const account = await existing.owner(ground);
      const { application, passkey, channel } = await existing.proofOf(account);
      await show(
        ctx,
        ground,
        {
          view: 'interactions/signup/existing-proof',
          title: 'signup.existing.title',
          locals: () => ({
            action: `${ground.path}/existing`,
            app: application,
            passkey,
            sms: channel === 'sms' ? masked('sms', account.phone ?? '') : undefined,
            backHref: `${ground.path}/existing`,
          }),
        },
        error,
      );
    },
  };
}

export type SignUpPages = ReturnType<typeof createSignUpPages>;
