import type Router from '@koa/router';
import type { RouterContext } from '@koa/router';
import { channelsOf } from '../../src/accounts/account.ts';
import { masked } from '../../src/challenges/codes.ts';
import { FlowError } from '../../src/http/errors.ts';
import { readFields, required } from '../../src/http/form.ts';
import { langOf } from '../layout/lang.ts';
import { askingOf, HERE, type RecoveryPages, type View } from './recovery.ts';

/** Who reads the mail is not yet who owns the account, where the account has something else to ask for. */
export function secondStep(router: Router, pages: RecoveryPages): void {
  const { show, form, to, at, move, storage, codes, totp, recovery } = pages;

  const accountOf = async (accountId: string) => {
    const account = await storage.accounts.byId(accountId);
    if (account?.status !== 'active') throw new FlowError('recovery-over');
    return account;
  };
  const view = async (ctx: RouterContext): Promise<View> => {
    const { state } = await at(ctx, 'second');
    const account = await accountOf(state.accountId);
    const [authenticator, left] = await Promise.all([
      storage.authenticators.of(account.id),
      storage.recoveryCodes.left(account.id),
    ]);
    return {
      view: 'second',
      title: 'recovery.second.title',
      locals: () => ({
        app: authenticator !== undefined,
        codes: left > 0,
        sms: channelsOf(account).includes('sms') ? masked('sms', account.phone ?? '') : undefined,
        smsSent: state.smsChallengeId !== undefined,
      }),
    };
  };

  router.get(`${HERE}/second`, async (ctx) => show(ctx, await view(ctx)));

  for (const [name, field, checker] of [
    ['application', 'code', totp],
    ['secours', 'recovery_code', recovery],
  ] as const) {
    router.post(
      `${HERE}/second/${name}`,
      form(async (ctx) => {
        const standing = await at(ctx, 'second');
        const { accountId } = standing.state;
        const typed = (readFields(ctx, { [field]: required(40) }) as Record<string, string>)[field] ?? '';
        const checked = await checker.check(accountId, typed, { request: askingOf(ctx).request });
        await storage.transaction(async (tx) => {
          await checked.spend(tx);
          await move(tx, standing, { step: 'password', accountId });
        });
        await checked.succeeded();
        to(ctx, `${HERE}/nouveau`);
      }, view),
    );
  }

  router.post(
    `${HERE}/second/envoi`,
    form(async (ctx) => {
      const standing = await at(ctx, 'second');
      const account = await accountOf(standing.state.accountId);
      if (!channelsOf(account).includes('sms') || !account.phone) throw new FlowError('recovery-over');
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
        await storage.transaction(async (tx) => {
          await checked.spend(tx);
          await move(tx, standing, { step: 'password', accountId });
        });
        await checked.succeeded();
        to(ctx, `${HERE}/nouveau`);
      },
      async (ctx) => ({ ...(await view(ctx)), codeField: 'sms_code' }),
    ),
  );
}
