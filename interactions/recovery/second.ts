import type Router from '@koa/router';
import type { RouterContext } from '@koa/router';
import { type Account, type Channel, channelsOf } from '../../src/accounts/account.ts';
import type { Beside } from '../../src/assurance/mailbox.ts';
import { masked } from '../../src/challenges/codes.ts';
import { CREDENTIAL_MAX } from '../../src/factors/credential-json.ts';
import { FlowError } from '../../src/http/errors.ts';
import { readFields, required } from '../../src/http/form.ts';
import { noStore } from '../../src/http/headers.ts';
import type { Storage } from '../../src/storage.ts';
import { langOf } from '../layout/lang.ts';
import { askingOf, HERE, type RecoveryPages, type Standing, type View } from './recovery.ts';

/** What an account has besides its mail, which was proved just now. */
const isSms = (channel: Channel) => channel === 'sms';
/** Its mail brought the first code: it is nothing else to ask for here. */
const hasPhone = (account: Account) => channelsOf(account, isSms).length > 0;

export async function secondsOf({ authenticators, recoveryCodes, passkeys }: Storage, account: Account) {
  const [authenticator, left, keys] = await Promise.all([
    authenticators.of(account.id),
    recoveryCodes.left(account.id),
    passkeys.of(account.id),
  ]);
  return {
    app: authenticator !== undefined,
    codes: left > 0,
    passkey: keys.some(({ suspendedAt }) => !suspendedAt),
    sms: hasPhone(account) ? masked('sms', account.phone ?? '') : undefined,
  };
}

/** Who reads the mail is not yet who owns the account, where the account has something else to ask for. */
export function secondStep(router: Router, pages: RecoveryPages): void {
  const { show, form, to, at, move, storage, codes, totp, recovery, passkeys } = pages;

  const accountOf = async (accountId: string) => {
    const account = await storage.accounts.byId(accountId);
    if (account?.status !== 'active') throw new FlowError('recovery-over');
    return account;
  };
  const view = async (ctx: RouterContext): Promise<View> => {
    const { state } = await at(ctx, 'second');
    const account = await accountOf(state.accountId);
    const seconds = await secondsOf(storage, account);
    return {
      view: 'second',
      title: 'recovery.second.title',
      locals: () => ({
        ...seconds,
        smsSent: state.smsChallengeId !== undefined,
      }),
    };
  };

  /** Uses it up, and goes on to the new password. */
  async function proved(
    ctx: RouterContext,
    standing: Standing,
    accountId: string,
    beside: Beside,
    checked: { spend(tx: Storage): Promise<void>; succeeded?(): Promise<void> },
  ): Promise<void> {
    await storage.transaction(async (tx) => {
      await checked.spend(tx);
      await move(tx, standing, { step: 'password', accountId, beside });
    });
    await checked.succeeded?.();
    to(ctx, `${HERE}/nouveau`);
  }

  router.get(`${HERE}/second`, async (ctx) => show(ctx, await view(ctx)));

  for (const [name, field, checker, beside] of [
    ['application', 'code', totp, 'app'],
    ['secours', 'recovery_code', recovery, 'recovery-code'],
  ] as const) {
    router.post(
      `${HERE}/second/${name}`,
      form(async (ctx) => {
        const standing = await at(ctx, 'second');
        const { accountId } = standing.state;
        const typed = (readFields(ctx, { [field]: required(40) }) as Record<string, string>)[field] ?? '';
        const { request } = askingOf(ctx);
        const checked = await checker.check(accountId, typed, { request, recovering: true });
        await proved(ctx, standing, accountId, beside, checked);
      }, view),
    );
  }

  const contextOf = ({ token }: Standing) => `recovery:${token}`;
  router.post(
    `${HERE}/second/cle-acces/options`,
    form(async (ctx) => {
      const standing = await at(ctx, 'second');
      noStore(ctx);
      ctx.body = await passkeys.authenticationOptions(contextOf(standing), standing.state.accountId);
    }, view),
  );
  router.post(
    `${HERE}/second/cle-acces`,
    form(async (ctx) => {
      const standing = await at(ctx, 'second');
      const { accountId } = standing.state;
      const { credential } = readFields(ctx, { credential: required(CREDENTIAL_MAX) });
      const { request } = askingOf(ctx);
      const checked = await passkeys.check(contextOf(standing), credential, { request, accountId });
      await proved(ctx, standing, accountId, 'passkey', checked);
    }, view),
  );

  router.post(
    `${HERE}/second/envoi`,
    form(async (ctx) => {
      const standing = await at(ctx, 'second');
      const account = await accountOf(standing.state.accountId);
      if (!hasPhone(account) || !account.phone) throw new FlowError('recovery-over');
      await codes.sendTo(
        {
          accountId: account.id,
          channel: 'sms',
          destination: account.phone,
          purpose: 'recovery',
          flow: `recovery:${standing.token}`,
          locale: langOf(ctx),
          request: askingOf(ctx).request,
          current: standing.state.smsChallengeId,
        },
        (tx, smsChallengeId) => move(tx, standing, { ...standing.state, smsChallengeId }),
      );
      to(ctx, `${HERE}/second`);
    }, view),
  );
  router.post(
    `${HERE}/second/sms`,
    form(
      async (ctx) => {
        const standing = await at(ctx, 'second');
        const { accountId, smsChallengeId } = standing.state;
        if (!smsChallengeId) throw new FlowError('recovery-over');
        const { sms_code: code } = readFields(ctx, { sms_code: required(40) });
        const checked = await codes.check(smsChallengeId, code, undefined, askingOf(ctx).request);
        await proved(ctx, standing, accountId, 'sms', checked);
      },
      async (ctx) => ({ ...(await view(ctx)), codeField: 'sms_code' }),
    ),
  );
}
