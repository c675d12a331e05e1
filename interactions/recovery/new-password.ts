import type Router from '@koa/router';
import type { RouterContext } from '@koa/router';
import { isMailAlone, passwordReset } from '../../src/accounts/mail-reset.ts';
import { PASSWORD_MAX } from '../../src/accounts/passwords.ts';
import { FlowError } from '../../src/http/errors.ts';
import { line, readFields } from '../../src/http/form.ts';
import { askingOf, HERE, type RecoveryPages, type View } from './recovery.ts';

const FIELD = line(PASSWORD_MAX * 4).min(1);

/** The new password; every session ends, and the person is told. */
export function passwordStep(router: Router, pages: RecoveryPages): void {
  const { show, form, to, at, storage, care, clock, checkPassword } = pages;
  const accountAt = async (ctx: RouterContext) => {
    const standing = await at(ctx, 'password');
    const account = await storage.accounts.byId(standing.state.accountId);
    if (account?.status !== 'active') throw new FlowError('recovery-over');
    return { standing, account };
  };
  const view = async (ctx: RouterContext): Promise<View> => {
    const { account } = await accountAt(ctx);
    return {
      view: 'new-password',
      title: 'recovery.password.title',
      locals: () => ({ login: account.login ?? account.email }),
    };
  };

  router.get(`${HERE}/nouveau`, async (ctx) => show(ctx, await view(ctx)));
  router.post(
    `${HERE}/nouveau`,
    form(async (ctx) => {
      const { standing, account } = await accountAt(ctx);
      const typed = readFields(ctx, { new_password: FIELD, new_password_confirmation: FIELD });
      await checkPassword(typed.new_password, typed.new_password_confirmation, account, standing.token);
      const now = clock();
      const mailAlone = isMailAlone(account, standing.state.beside !== undefined, now);
      const asking = askingOf(ctx);
      const { supportCode, address } = asking.request;
      await care.password(account, typed.new_password, asking, undefined, async (tx) => {
        if (!(await tx.recoveries.end(standing.token, standing.version))) throw new FlowError('recovery-over');
        await passwordReset(tx, account, { mailAlone, at: now, ground: { supportCode, address } });
      });
      to(ctx, mailAlone ? `${HERE}/fait?par=mail` : `${HERE}/fait`);
    }, view),
  );
  router.get(`${HERE}/fait`, (ctx) => {
    const mailAlone = ctx.query.par === 'mail';
    return show(ctx, { view: 'done', title: 'recovery.done.title', keep: ['par'], locals: () => ({ mailAlone }) });
  });
}
