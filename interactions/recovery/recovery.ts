import type { RouterContext } from '@koa/router';
import Router from '@koa/router';
import { CARE } from '../../config/lives.ts';
import type { Pace } from '../../config/pace.ts';
import type { Settings } from '../../config/settings.ts';
import type { Account } from '../../src/accounts/account.ts';
import type { Circumstances } from '../../src/accounts/circumstances.ts';
import type { RecoveryState, StoredRecovery } from '../../src/accounts/recovery.ts';
import type { SelfCare } from '../../src/accounts/self-care.ts';
import { stands } from '../../src/accounts/since.ts';
import type { Codes } from '../../src/challenges/codes.ts';
import type { Clock } from '../../src/clock.ts';
import type { Notifier } from '../../src/delivery/notifier.ts';
import type { PasskeyCeremonies } from '../../src/factors/passkey-ceremonies.ts';
import type { Recovery } from '../../src/factors/recovery.ts';
import type { Totp } from '../../src/factors/totp.ts';
import type { Csrf } from '../../src/http/csrf.ts';
import { logRefusal } from '../../src/http/error-page.ts';
import { FlowError, UserError } from '../../src/http/errors.ts';
import { readForm } from '../../src/http/form.ts';
import { allowForms, allowWidgets } from '../../src/http/headers.ts';
import { requestInfo } from '../../src/http/request.ts';
import type { Log } from '../../src/log.ts';
import type { Admission } from '../../src/protection/admission.ts';
import type { Captcha } from '../../src/protection/captcha.ts';
import { randomToken } from '../../src/protection/secrets.ts';
import type { Storage } from '../../src/storage.ts';
import { captchaLocals } from '../captcha/captcha.ts';
import { provenBy } from '../captcha/proven.ts';
import { errorLocals } from '../error/form-errors.ts';
import { langOf } from '../layout/lang.ts';
import type { Pages } from '../layout/renderer.ts';
import { createVisitor } from '../visitor.ts';
import { codeStep } from './code.ts';
import { identifierPages } from './identifier.ts';
import { passwordStep } from './new-password.ts';
import { secondStep } from './second.ts';
import { startStep } from './start.ts';

export interface RecoveryParts {
  readonly storage: Storage;
  readonly settings: Settings;
  readonly clock: Clock;
  readonly log: Log;
  readonly pace: Pick<Pace, 'recovery'>;
  readonly admission: Admission;
  readonly captcha: Captcha;
  readonly csrf: Csrf;
  readonly pages: Pages;
  readonly codes: Codes;
  readonly totp: Totp;
  readonly recovery: Recovery;
  readonly passkeys: PasskeyCeremonies;
  readonly care: SelfCare;
  readonly notifier: Notifier;
  readonly circumstances: Circumstances;
  readonly checkPassword: (password: string, again: string, account: Account, whose: string) => Promise<void>;
}

export const HERE = '/mot-de-passe-oublie';

export interface View {
  /** In interactions/recovery, without `.pug`. */
  readonly view: string;
  readonly title: string;
  readonly keep?: readonly string[];
  readonly locals?: () => Readonly<Record<string, unknown>>;
  /** The field that a wrong code stands in, where it is not `code`. */
  readonly codeField?: string;
}

export interface Standing extends StoredRecovery {
  readonly token: string;
}

/** What each step is made with. */
export interface RecoveryPages extends RecoveryParts {
  show(ctx: RouterContext, view: View, error?: UserError): Promise<void>;
  /** Where this browser stands. @throws {FlowError} `recovery-over` when it is not at this step */
  at<S extends RecoveryState['step']>(
    ctx: RouterContext,
    step: S,
  ): Promise<Standing & { state: Extract<RecoveryState, { step: S }> }>;
  begin(ctx: RouterContext, tx: Storage, state: RecoveryState): Promise<void>;
  move(tx: Storage, standing: Standing, state: RecoveryState): Promise<void>;
  /** Over a limit, whoever proves to be human goes on. */
  proven(ctx: RouterContext): () => Promise<boolean>;
  /** A form: its body, its token; a `UserError` shows `again`. */
  form(
    handler: (ctx: RouterContext) => Promise<void>,
    again: (ctx: RouterContext) => Promise<View>,
  ): (ctx: RouterContext) => Promise<void>;
  to(ctx: RouterContext, path: string): void;
}

/** Who forgot their password or their identifier: nobody is signed in, and nothing tells whether an account exists. */
export function createRecoveryPages(parts: RecoveryParts): Router {
  const { storage, settings, clock, log, csrf, pages, captcha } = parts;
  const router = new Router();
  const visitor = createVisitor(csrf);
  const secure = settings.ISSUER.startsWith('https:');
  const cookie = secure ? '__Host-mire_recovery' : 'mire_recovery';

  const made: RecoveryPages = {
    ...parts,
    async show(ctx, { view, title, keep = [], locals, codeField }, error) {
      allowForms(ctx);
      const retryAfter = error?.detail.retryAfter;
      const human = error?.detail.captcha === true;
      if (human) allowWidgets(ctx, captcha.origins);
      if (retryAfter !== undefined) ctx.set('retry-after', String(Math.ceil(Number(retryAfter))));
      await pages.show(ctx, {
        view: `interactions/recovery/${view}`,
        title,
        keep,
        status: error?.status ?? 200,
        locals: (t) => ({
          csrf: visitor.token(ctx),
          ...locals?.(),
          ...(error ? errorLocals(error, t, codeField) : {}),
          ...(human ? captchaLocals(captcha, langOf(ctx)) : {}),
        }),
      });
    },
    async at(ctx, step) {
      const token = ctx.cookies.get(cookie, { signed: false });
      const found = token ? await storage.recoveries.find(token, clock()) : undefined;
      if (!token || found?.state.step !== step) throw new FlowError('recovery-over');
      const { accountId } = found.state;
      const account = accountId && (await storage.accounts.byId(accountId));
      if (account && !stands(account, found.begunAt)) throw new FlowError('recovery-over');
      return { ...found, token } as never;
    },
    async begin(ctx, tx, state) {
      const token = randomToken();
      const now = clock();
      await tx.recoveries.insert(token, state, now, new Date(now.getTime() + CARE.recovery * 1000));
      ctx.cookies.set(cookie, token, {
        signed: false,
        httpOnly: true,
        secure,
        sameSite: 'lax',
        path: '/',
        overwrite: true,
      });
    },
    async move(tx, { token, version }, state) {
      if (!(await tx.recoveries.move(token, version, state))) throw new FlowError('recovery-over');
    },
    proven: (ctx) => provenBy(captcha, ctx),
    form: (handler, again) => async (ctx) => {
      await readForm(ctx, async () => undefined);
      visitor.check(ctx);
      try {
        await handler(ctx);
      } catch (error) {
        if (!(error instanceof UserError)) throw error;
        logRefusal(log, ctx.req, error);
        await made.show(ctx, await again(ctx), error);
      }
    },
    to(ctx, path) {
      ctx.status = 303;
      ctx.redirect(path);
    },
  };

  for (const step of [startStep, codeStep, secondStep, passwordStep, identifierPages]) step(router, made);
  return router;
}

/** Who does it, for the mails and the audit. */
export const askingOf = (ctx: RouterContext) => ({ locale: langOf(ctx), request: requestInfo(ctx.req) });
