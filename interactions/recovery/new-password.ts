import type Router from '@koa/router';
import type { RouterContext } from '@koa/router';
import { PASSWORD_MAX } from '../../src/accounts/passwords.ts';
import { FlowError } from '../../src/http/errors.ts';
import { line, readFields } from '../../src/http/form.ts';
import { askingOf, HERE, type RecoveryPages, type View } from './recovery.ts';

const FIELD = line(PASSWORD_MAX * 4).min(1);

/** The new password; every session ends, and the person is told. */
export function passwordStep(router: Router, pages: RecoveryPages): void {
  const { show, form, to, at, storage, care, checkPassword } = pages;
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
      await checkPassword(typed.new_password, typed.new_password_confirmation, account);
      await care.password(account, typed.new_password, askingOf(ctx), undefined, async (tx) => {
        if (!(await tx.recoveries.end(standing.token, standing.version))) throw new FlowError('recovery-over');
      });
      to(ctx, `${HERE}/fait`);
    }, view),
  );
  router.get(`${HERE}/fait`, (ctx) => show(ctx, { view: 'done', title: 'recovery.done.title' }));
}
