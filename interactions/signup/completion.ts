import { randomUUID } from 'node:crypto';
import type { RouterContext } from '@koa/router';
import { AccountTaken } from '../../src/accounts/account.ts';
import { loginKey } from '../../src/accounts/login-key.ts';
import { makeAccount } from '../../src/accounts/sign-up.ts';
import type { AuditLine } from '../../src/audit/audit.ts';
import type { Clock } from '../../src/clock.ts';
import { FlowError, type UserError } from '../../src/http/errors.ts';
import { FieldsError } from '../../src/http/form.ts';
import { requestInfo } from '../../src/http/request.ts';
import type { Storage } from '../../src/storage.ts';
import type { Draft } from './draft.ts';
import type { Ground } from './ground.ts';

type Spend = (tx: Storage) => Promise<void>;

export const loginTaken = (): FieldsError =>
  new FieldsError([{ field: 'new_login', problem: 'invalid', text: 'signup.new_login.taken' }]);
const mailTaken = (): FieldsError =>
  new FieldsError([{ field: 'email', problem: 'invalid', text: 'signup.email.taken' }]);

export function auditGround(ctx: RouterContext, { clientId, mode }: Ground): Omit<AuditLine, 'event'> {
  const { supportCode, address } = requestInfo(ctx.req);
  return { clientId, mode, supportCode, address };
}

/** The end of a sign-up: one account, whoever comes first, and the person in it. */
export function createCompletion({ storage, clock }: { storage: Storage; clock: Clock }) {
  /** The person has an account meanwhile, made in another browser: this one goes on in it. */
  async function land(ctx: RouterContext, ground: Ground, spend: Spend): Promise<boolean> {
    const { identity } = ground;
    const account = identity && (await storage.accounts.byIdentity(identity.source, identity.externalId));
    if (!account) return false;
    await ground.finish(ctx, account.id, async (tx) => {
      await spend(tx);
      await tx.signUpDrafts.forget(identity);
    });
    return true;
  }

  /** Somebody took the identifier, or the mail, since the form was accepted: what was verified stays so. */
  async function backToForm(ground: Ground, draft: Draft, spend: Spend): Promise<UserError> {
    const login = draft.answers?.login;
    const taken = login !== undefined && (await storage.accounts.byLoginKey(loginKey(login))) !== undefined;
    await storage.transaction(async (tx) => {
      await spend(tx);
      await ground.save({ ...draft, answers: undefined, ...(taken ? {} : { mail: {} }) }, tx);
    });
    return taken ? loginTaken() : mailTaken();
  }

  return {
    land,

    /**
     * @param spend uses up the last code, in the transaction that makes the account
     * @throws {FieldsError} when the identifier or the mail was taken meanwhile
     */
    async complete(ctx: RouterContext, ground: Ground, draft: Draft, spend: Spend): Promise<void> {
      const { answers } = draft;
      if (!answers) throw new FlowError('step-out-of-order');
      const { identity, statement, lang: locale } = ground;
      const { familyName, givenName, title, profession, specialty, email, phone, login, termsVersion } = answers;
      const passwordHash = login === undefined ? undefined : draft.passwordHash;
      const id = randomUUID();
      const said = { familyName, givenName, title, profession, specialty };
      const person = { id, identity, statement, said, email, phone, login, passwordHash, locale, termsVersion };
      try {
        await ground.finish(ctx, id, async (tx) => {
          await spend(tx);
          await makeAccount(tx, person, clock(), auditGround(ctx, ground));
          if (identity) await tx.signUpDrafts.forget(identity);
        });
      } catch (error) {
        if (!(error instanceof AccountTaken)) throw error;
        if (await land(ctx, ground, spend)) return;
        throw await backToForm(ground, draft, spend);
      }
    },
  };
}

export type Completion = ReturnType<typeof createCompletion>;
