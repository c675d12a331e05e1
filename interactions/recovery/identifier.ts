import type Router from '@koa/router';
import { z } from 'zod';
import { LOGIN_MAX, loginKey } from '../../src/accounts/login-key.ts';
import { readFields, required } from '../../src/http/form.ts';
import { drowned } from '../../src/protection/same-time.ts';
import { askingOf, type RecoveryPages, type View } from './recovery.ts';

const HERE = '/identifiant-oublie';
const start: View = { view: 'identifier', title: 'recovery.identifier.title' };
const EMAIL = required(LOGIN_MAX).trim().pipe(z.email());

/** The identifier goes to the mail that was typed, if it is an account's; the page says the same either way. */
export function identifierPages(router: Router, pages: RecoveryPages): void {
  const { show, form, to, proven, storage, admission, notifier, clock, circumstances, pace } = pages;
  router.get(HERE, (ctx) => show(ctx, start));
  router.get(`${HERE}/envoye`, (ctx) => show(ctx, { view: 'identifier-sent', title: 'recovery.identifier.title' }));
  router.post(
    HERE,
    form(
      (ctx) =>
        drowned(pace.recovery, async () => {
          const { email } = readFields(ctx, { email: EMAIL });
          const { locale, request } = askingOf(ctx);
          const key = loginKey(email);
          const account = (await storage.accounts.byLoginKey(key))?.account;
          // Apart from the codes of a forgotten password: neither uses up the other.
          const counter = `reminder:${account?.id ?? key}`;
          const asked = { door: 'recovery-send', counter, accountId: account?.id, request } as const;
          await admission.admit({ ...asked, proven: proven(ctx) });
          const known = account?.status === 'active' && account.emailVerified && loginKey(account.email ?? '') === key;
          const at = clock();
          const notices = await storage.transaction(async (tx) => {
            const { supportCode, address } = request;
            const line = { supportCode, address, accountId: known ? account.id : undefined };
            await tx.audit.write({ event: 'recovery.identifier-sent', ...line, details: { known: known === true } });
            if (!known || !account.email) return [];
            const act = { account, at, locale, request };
            return circumstances.tell(tx, act, 'identifier-reminder', { login: account.login ?? account.email });
          });
          await notifier.announce(notices);
          to(ctx, `${HERE}/envoye`);
        }),
      async () => start,
    ),
  );
}
