import type Router from '@koa/router';
import { PASSWORD_MAX } from '../../src/accounts/passwords.ts';
import { line, readFields } from '../../src/http/form.ts';
import type { AccountPages } from './account.ts';
import type { Screen } from './frame.ts';

const HERE = '/compte/mot-de-passe';

/** A new password, typed twice, in the fields that every form of one has. */
export const newPasswordFields = {
  new_password: line(PASSWORD_MAX * 4).min(1),
  new_password_confirmation: line(PASSWORD_MAX * 4).min(1),
} as const;

/** The fresh proof of the road stands in for the old password: whoever came by card may not remember it. */
export function password(router: Router, { frame, care, checkPassword, storage }: AccountPages): void {
  const screen = (since: Date | undefined, login: string | undefined): Screen => ({
    view: 'password',
    title: 'account.password.title',
    locals: () => ({ since, login }),
  });

  router.get(
    '/mot-de-passe',
    frame.page(async (ctx, person) => {
      const since = await storage.care.passwordSince(person.account.id);
      await frame.show(ctx, person, screen(since, person.account.login ?? person.account.email));
    }, 'password'),
  );
  router.post(
    '/mot-de-passe',
    frame.form(
      async (ctx, person) => {
        const { account } = person;
        const typed = readFields(ctx, newPasswordFields);
        await checkPassword(typed.new_password, typed.new_password_confirmation, account, person.uid);
        await care.password(account, typed.new_password, person.asking, person.uid);
        frame.done(ctx, HERE, 'password');
      },
      async (_ctx, { account }) => screen(await storage.care.passwordSince(account.id), account.login ?? account.email),
      HERE,
      'password',
    ),
  );
}
