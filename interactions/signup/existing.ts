import type { RouterContext } from '@koa/router';
import type { ModeId } from '../../config/modes.ts';
import { type Account, NATIONAL_ID } from '../../src/accounts/account.ts';
import { LOGIN_MAX } from '../../src/accounts/login-key.ts';
import type { PasswordSignIn } from '../../src/accounts/password-sign-in.ts';
import { PASSWORD_MAX } from '../../src/accounts/passwords.ts';
import { stands } from '../../src/accounts/since.ts';
import { channelsThatCount } from '../../src/assurance/mailbox.ts';
import type { CheckedCode, Codes } from '../../src/challenges/codes.ts';
import type { Clock } from '../../src/clock.ts';
import type { Notifier } from '../../src/delivery/notifier.ts';
import { FlowError, UserError } from '../../src/http/errors.ts';
import { line, readFields, required } from '../../src/http/form.ts';
import { requestInfo } from '../../src/http/request.ts';
import type { Storage } from '../../src/storage.ts';
import { auditGround } from './completion.ts';
import type { Draft } from './draft.ts';
import type { Ground } from './ground.ts';

export interface ExistingParts {
  readonly storage: Storage;
  readonly clock: Clock;
  readonly codes: Codes;
  readonly notifier: Notifier;
  readonly passwordSignIn: PasswordSignIn;
}

/**
 * "I already have an account": it is joined once its owner has proved it, by password and by code. Never by a name or a
 * mail address, which prove nothing.
 */
export function createExisting({ storage, clock, codes, notifier, passwordSignIn }: ExistingParts) {
  /** The number of a register is one person's: an account that has another one of the same kind is somebody else's. */
  async function checkIdentity({ identity }: Ground, accountId: string): Promise<void> {
    if (!identity) throw new FlowError('step-out-of-order');
    if (identity.source !== NATIONAL_ID) return;
    const known = await storage.accounts.identity(accountId, NATIONAL_ID);
    if (known && known !== identity.externalId && known.charAt(0) === identity.externalId.charAt(0))
      throw new UserError('account-other-identity');
  }

  async function owner({ draft }: Ground): Promise<Account> {
    const account = draft.existing && (await storage.accounts.byId(draft.existing.accountId));
    if (account?.status !== 'active' || !draft.existing) throw new FlowError('step-out-of-order');
    if (!stands(account, new Date(draft.existing.passwordAt))) throw new FlowError('proof-overtaken');
    return account;
  }

  async function send(ctx: RouterContext, ground: Ground, account: Account, draft: Draft, wanted?: string) {
    const { existing } = draft;
    // A door that lasts asks for two factors, whatever the application does.
    const channels = channelsThatCount(account, { required: 'eidas2' });
    const channel = channels.find((one) => one === wanted) ?? channels[0];
    if (!existing || !channel) throw new UserError(account.mailResetAt ? 'mailbox-twice' : 'no-channel');
    await codes.send(
      {
        account,
        channel,
        flow: `${ground.flow}:existing`,
        locale: ground.lang,
        clientId: ground.clientId,
        request: requestInfo(ctx.req),
        current: existing.challengeId,
      },
      (tx, challengeId) => ground.save({ ...draft, existing: { ...existing, challengeId } }, tx),
    );
    ctx.status = 303;
    ctx.redirect(`${ground.path}/existing/code`);
  }

  async function check(ctx: RouterContext, { draft, clientId }: Ground): Promise<CheckedCode> {
    const { code } = readFields(ctx, { code: required(40) });
    if (!draft.existing?.challengeId) throw new UserError('code-expired');
    try {
      return await codes.check(draft.existing.challengeId, code, clientId, requestInfo(ctx.req));
    } catch (error) {
      if (error instanceof FlowError && (error.code === 'code-expired' || error.code === 'code-too-many-tries'))
        throw new UserError(error.code);
      throw error;
    }
  }

  return {
    owner,

    async password(ctx: RouterContext, ground: Ground, mode: ModeId): Promise<void> {
      const { login, password } = readFields(ctx, {
        login: required(LOGIN_MAX),
        password: line(PASSWORD_MAX).min(1),
      });
      const clientId = ground.clientId ?? '';
      const request = requestInfo(ctx.req);
      const { account, spend } = await passwordSignIn.verify({ login, password, mode, clientId, request });
      await spend(storage);
      await checkIdentity(ground, account.id);
      const existing = { accountId: account.id, passwordAt: clock().toISOString() };
      await send(ctx, ground, account, { ...ground.draft, existing });
    },

    async resend(ctx: RouterContext, ground: Ground): Promise<void> {
      const { channel } = (ctx.request as { body?: { channel?: unknown } }).body ?? {};
      await send(ctx, ground, await owner(ground), ground.draft, typeof channel === 'string' ? channel : undefined);
    },

    async code(ctx: RouterContext, ground: Ground): Promise<void> {
      const account = await owner(ground);
      const { identity } = ground;
      const checked = await check(ctx, ground);
      await checkIdentity(ground, account.id);
      if (!identity) throw new FlowError('step-out-of-order');
      const notices: string[] = [];
      await ground.finish(ctx, account.id, async (tx) => {
        await checked.spend(tx);
        await tx.accounts.linkIdentity(account.id, identity.source, identity.externalId);
        const details = { source: identity.source, by: 'owner' };
        const said = { ...auditGround(ctx, ground), accountId: account.id };
        await tx.audit.write({ ...said, event: 'account.identity-linked', details });
        await tx.signUpDrafts.forget(identity);
        if (!account.email || !account.emailVerified) return;
        const notice = { template: 'identity-linked', to: account.email, accountId: account.id } as const;
        notices.push(await tx.notices.write({ ...notice, locale: account.locale ?? ground.lang, at: clock() }));
      });
      await notifier.announce(notices);
      await checked.succeeded();
    },
  };
}

export type Existing = ReturnType<typeof createExisting>;
