import type Router from '@koa/router';
import { PROFESSIONS, SPECIALTIES } from '../../config/nomenclatures.ts';
import { NATIONAL_ID } from '../../src/accounts/account.ts';
import type { AccountPages } from './account.ts';

/** Who the person is, and where each fact comes from. */
export function overview(router: Router, { frame, storage }: AccountPages): void {
  router.get(
    '/',
    frame.page(async (ctx, person) => {
      const { account } = person;
      const [nationalId, identities] = await Promise.all([
        storage.accounts.identity(account.id, NATIONAL_ID),
        storage.care.identities(account.id),
      ]);
      const sourceOf = identities.some(({ source }) => source === NATIONAL_ID) ? 'national' : 'account';
      await frame.show(ctx, person, {
        view: 'overview',
        title: 'account.title',
        locals: (t) => {
          const rows = [
            ['name', `${account.givenName} ${account.familyName}`, 'account'],
            ['title', account.title, 'account'],
            [
              'profession',
              account.profession && (PROFESSIONS[account.profession]?.label ?? account.profession),
              sourceOf,
            ],
            ['specialty', account.specialty && (SPECIALTIES[account.specialty]?.label ?? account.specialty), sourceOf],
            ['national-id', nationalId, 'national'],
            ['login', account.login, 'account'],
            ['mail', account.email, account.emailVerified ? 'verified' : 'unverified'],
            ['phone', account.phone, account.phoneVerified ? 'verified' : 'unverified'],
          ] as const;
          return {
            name: `${account.givenName} ${account.familyName}`,
            facts: rows
              .filter(([, value]) => value)
              .map(([id, value, source]) => ({
                label: t(`account.fact.${id}`),
                value,
                source: t(`account.source.${source}`),
              })),
          };
        },
      });
    }),
  );
}
