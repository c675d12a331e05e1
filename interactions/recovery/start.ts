import type Router from '@koa/router';
import { recoveryMailOf } from '../../src/accounts/account.ts';
import { LOGIN_MAX, loginKey } from '../../src/accounts/login-key.ts';
import { readFields, required } from '../../src/http/form.ts';
import { drowned } from '../../src/protection/same-time.ts';
import { langOf } from '../layout/lang.ts';
import { askingOf, HERE, type RecoveryPages, type View } from './recovery.ts';

const start: View = { view: 'start', title: 'forgotten-password.title' };

/** Identifier or mail; the code goes to the account's own verified mail, or nowhere, and the page does not tell. */
export function startStep(
  router: Router,
  { show, form, to, begin, proven, storage, codes, pace }: RecoveryPages,
): void {
  router.get(HERE, (ctx) => show(ctx, start));
  router.post(
    HERE,
    form(
      (ctx) =>
        drowned(pace.recovery, async () => {
          const { login } = readFields(ctx, { login: required(LOGIN_MAX) });
          const typed = loginKey(login);
          const found = await storage.accounts.byLoginKey(typed);
          const account = found?.account;
          const to_ = account && recoveryMailOf(account);
          const { request } = askingOf(ctx);
          await codes.sendTo(
            {
              ...(account && to_ ? { accountId: account.id } : { decoy: true }),
              channel: 'mail',
              destination: to_ ?? typed,
              purpose: 'recovery',
              flow: `recovery:${typed}:${request.id}`,
              locale: langOf(ctx),
              request,
              proven: proven(ctx),
            },
            (tx, challengeId) =>
              begin(ctx, tx, {
                step: 'code',
                challengeId,
                typed,
                ...(account && to_ ? { accountId: account.id } : {}),
              }),
          );
          to(ctx, `${HERE}/code`);
        }),
      async () => start,
    ),
  );
}
