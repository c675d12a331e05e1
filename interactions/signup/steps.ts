import type { RouterContext } from '@koa/router';
import type { Settings } from '../../config/settings.ts';
import type { Circumstances } from '../../src/accounts/circumstances.ts';
import { loginKey } from '../../src/accounts/login-key.ts';
import type { PasswordRule } from '../../src/accounts/password-rule.ts';
import type { Passwords } from '../../src/accounts/passwords.ts';
import type { Codes } from '../../src/challenges/codes.ts';
import type { Clock } from '../../src/clock.ts';
import type { Notifier } from '../../src/delivery/notifier.ts';
import { requestInfo } from '../../src/http/request.ts';
import { countedAddress } from '../../src/protection/address.ts';
import type { Captcha } from '../../src/protection/captcha.ts';
import type { Limits } from '../../src/protection/limits.ts';
import type { Storage } from '../../src/storage.ts';
import { createCompletion, loginTaken } from './completion.ts';
import { type ContactStep, createContacts } from './contacts.ts';
import { type Draft, stepOf } from './draft.ts';
import { bodyOf, readForm, typedIn } from './form.ts';
import type { Ground } from './ground.ts';
import { rulesOf } from './rules.ts';

export interface StepParts {
  readonly storage: Storage;
  readonly settings: Pick<Settings, 'TERMS_VERSION'>;
  readonly clock: Clock;
  readonly codes: Codes;
  readonly notifier: Notifier;
  readonly circumstances: Circumstances;
  readonly passwords: Passwords;
  readonly passwordRule: PasswordRule;
  readonly limits: Limits;
  readonly captcha: Captcha;
}

const nothing = async () => undefined;

/** What each POST of a sign-up does. Each ends by sending the browser to the next step, or on to the application. */
export function createSteps(parts: StepParts) {
  const { storage, settings, passwords, passwordRule: rule, limits, captcha } = parts;
  const contacts = createContacts(parts);
  const completion = createCompletion(parts);

  const onward = (ctx: RouterContext, { path }: Ground) => {
    ctx.status = 303;
    ctx.redirect(path);
  };

  const isTaken = async (login: string | undefined) =>
    login !== undefined && (await storage.accounts.byLoginKey(loginKey(login))) !== undefined;

  /** @throws {FieldsError} An identifier is chosen in public: that it is taken is said, and not endlessly. */
  async function checkLogin(ground: Ground, login: string | undefined): Promise<void> {
    if (!(await isTaken(login))) return;
    await limits.take('logins-tried', ground.flow);
    throw loginTaken();
  }

  /** Ends the sign-up. A success does not count against a limit. */
  async function complete(ctx: RouterContext, ground: Ground, draft: Draft, spend: (tx: Storage) => Promise<void>) {
    await completion.complete(ctx, ground, draft, spend);
    if (!draft.proven) await limits.giveBack('sign-ups-unproven', countedAddress(requestInfo(ctx.req).address));
  }

  async function advance(ctx: RouterContext, ground: Ground, draft: Draft): Promise<void> {
    const step = stepOf(draft);
    if (step === 'done') return complete(ctx, ground, draft, nothing);
    if (step === 'form') await ground.save(draft);
    else await contacts.sendUnlessSent(ctx, ground, draft, step);
    onward(ctx, ground);
  }

  return {
    async form(ctx: RouterContext, ground: Ground): Promise<void> {
      if (await completion.land(ctx, ground, nothing)) return;
      const body = bodyOf(ctx);
      const { statement, draft } = ground;
      const { address } = requestInfo(ctx.req);
      // Solved once, it counts for the whole interaction, whatever is wrong with the rest.
      const proven = draft.proven || (await captcha.check(body, address)) === 'solved';
      const before = { ...draft, typed: typedIn(body), proven };
      await ground.save(before);
      const chosen = before.passwordHash !== undefined;
      const accepted = await readForm(body, { statement, rules: rulesOf(statement), rule, flow: ground.flow, chosen });
      if (!proven) await limits.take('sign-ups-unproven', countedAddress(address));
      // Whoever solved nothing learns nothing of identifiers before they have shown a mailbox of their own.
      else await checkLogin(ground, accepted.answers.login);
      const passwordHash = accepted.password ? await passwords.hash(accepted.password) : before.passwordHash;
      const answers = { ...accepted.answers, termsVersion: settings.TERMS_VERSION };
      await advance(ctx, ground, { ...before, answers, passwordHash });
    },

    async code(ctx: RouterContext, ground: Ground, step: ContactStep): Promise<void> {
      const checked = await contacts.check(ctx, ground, step);
      const draft: Draft = { ...ground.draft, [step]: { verified: checked.challenge.destination } };
      if (stepOf(draft) === 'done' && (ground.draft.proven || step === 'phone')) {
        await complete(ctx, ground, draft, checked.spend);
      } else {
        const login = draft.proven ? undefined : draft.answers?.login;
        const taken = await isTaken(login);
        await storage.transaction(async (tx) => {
          await checked.spend(tx);
          await ground.save(taken ? { ...draft, answers: undefined } : draft, tx);
          await contacts.keep(tx, ground, draft);
        });
        await checkLogin(ground, login);
        await advance(ctx, ground, draft);
      }
      await checked.succeeded();
    },

    async resend(ctx: RouterContext, ground: Ground, step: ContactStep): Promise<void> {
      await contacts.send(ctx, ground, ground.draft, step);
      onward(ctx, ground);
    },
  };
}

export type Steps = ReturnType<typeof createSteps>;
