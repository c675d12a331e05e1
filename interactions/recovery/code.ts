import type Router from '@koa/router';
import type { RouterContext } from '@koa/router';
import { CODE } from '../../config/lives.ts';
import { FlowError } from '../../src/http/errors.ts';
import { readFields, required } from '../../src/http/form.ts';
import { langOf } from '../layout/lang.ts';
import { askingOf, HERE, type RecoveryPages, type View } from './recovery.ts';
import { secondsOf } from './second.ts';

/** The code of the mail. A decoy is never right, and says so in the same words. */
export function codeStep(router: Router, pages: RecoveryPages): void {
  const { show, form, to, at, move, proven, storage, codes, clock } = pages;

  const view = async (ctx: RouterContext): Promise<View> => {
    const { state } = await at(ctx, 'code');
    const challenge = await codes.byId(state.challengeId);
    const now = clock().getTime();
    return {
      view: 'code',
      title: 'recovery.code.title',
      locals: () => ({
        expiresInMinutes: Math.max(0, Math.ceil(((challenge?.expiresAt?.getTime() ?? now) - now) / 60_000)),
        resendInSeconds: Math.max(0, Math.ceil(CODE.resendAfter - (now - (challenge?.sentAt?.getTime() ?? 0)) / 1000)),
      }),
    };
  };

  router.get(`${HERE}/code`, async (ctx) => show(ctx, await view(ctx)));
  router.post(
    `${HERE}/code`,
    form(async (ctx) => {
      const standing = await at(ctx, 'code');
      const { accountId, challengeId } = standing.state;
      const { code } = readFields(ctx, { code: required(40) });
      const checked = await codes.check(challengeId, code, undefined, askingOf(ctx).request, proven(ctx));
      const account = accountId ? await storage.accounts.byId(accountId) : undefined;
      if (account?.status !== 'active') throw new FlowError('recovery-over');
      const hasSecond = Object.values(await secondsOf(storage, account)).some(Boolean);
      await storage.transaction(async (tx) => {
        await checked.spend(tx);
        if (account.mailToProve) await tx.accounts.setMailToProve(account.id, false);
        await move(tx, standing, { step: hasSecond ? 'second' : 'password', accountId: account.id });
      });
      await checked.succeeded();
      to(ctx, hasSecond ? `${HERE}/second` : `${HERE}/nouveau`);
    }, view),
  );
  router.post(
    `${HERE}/renvoi`,
    form(async (ctx) => {
      const standing = await at(ctx, 'code');
      const { accountId, challengeId } = standing.state;
      const old = await codes.byId(challengeId);
      if (!old) throw new FlowError('recovery-over');
      await codes.sendTo(
        {
          ...(accountId ? { accountId } : { decoy: true }),
          channel: 'mail',
          destination: old.destination,
          purpose: 'recovery',
          flow: `recovery:${standing.token}`,
          locale: langOf(ctx),
          request: askingOf(ctx).request,
          proven: proven(ctx),
          current: challengeId,
        },
        (tx, next) => move(tx, standing, { ...standing.state, challengeId: next }),
      );
      to(ctx, `${HERE}/code`);
    }, view),
  );
}
