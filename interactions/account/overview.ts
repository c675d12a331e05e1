import type Router from '@koa/router';
import { PROFESSIONS, SPECIALTIES } from '../../config/nomenclatures.ts';
import { NATIONAL_ID } from '../../src/accounts/account.ts';
import { fieldOrigin, kindOf, type Origin, type ProfileField } from '../../src/accounts/facts.ts';
import { spoken } from '../../src/spoken.ts';
import type { Lang } from '../layout/lang.ts';
import type { Translate } from '../layout/texts.ts';
import type { AccountPages } from './account.ts';
import type { Person } from './frame.ts';

/** Who says a fact, and since when. */
function wordsOf({ source, since }: Required<Origin>, lang: Lang, t: Translate): string {
  const date = new Intl.DateTimeFormat(lang, { dateStyle: 'long', timeZone: 'UTC' }).format(new Date(since));
  const named = source === 'psc' || source === 'cps' ? source : kindOf(source);
  return t(`account.stated.${named}`, { since: date });
}

function mailSource({ account, lang, zone }: Person, t: Translate): string {
  const { emailRefusedAt, emailVerified } = account;
  if (emailRefusedAt) return t('account.source.refused', { since: spoken(emailRefusedAt, lang, zone) });
  return t(`account.source.${emailVerified ? 'verified' : 'unverified'}`);
}

function phoneSource({ account, lang, zone }: Person, t: Translate): string {
  const { phoneRefusedAt, phoneVerified } = account;
  if (phoneRefusedAt) return t('account.source.phone-refused', { since: spoken(phoneRefusedAt, lang, zone) });
  return t(`account.source.${phoneVerified ? 'verified' : 'unverified'}`);
}

/** Who the person is, and where each fact comes from. */
export function overview(router: Router, { frame, storage }: AccountPages): void {
  router.get(
    '/',
    frame.page(async (ctx, person) => {
      const { account } = person;
      const [nationalId, identities, stated] = await Promise.all([
        storage.accounts.identity(account.id, NATIONAL_ID),
        storage.care.identities(account.id),
        storage.facts.of(account.id),
      ]);
      const sourceOf = identities.some(({ source }) => source === NATIONAL_ID) ? 'national' : 'account';
      await frame.show(ctx, person, {
        view: 'overview',
        title: 'account.title',
        locals: (t) => {
          const said = (field: ProfileField, otherwise: string) => {
            const { source, since } = fieldOrigin(account, stated, field) ?? {};
            return source && since ? wordsOf({ source, since }, person.lang, t) : t(`account.source.${otherwise}`);
          };
          const rows = [
            ['name', `${account.givenName} ${account.familyName}`, said('familyName', 'account')],
            ['title', account.title, said('title', 'account')],
            [
              'profession',
              account.profession && (PROFESSIONS[account.profession]?.label ?? account.profession),
              said('profession', sourceOf),
            ],
            [
              'specialty',
              account.specialty && (SPECIALTIES[account.specialty]?.label ?? account.specialty),
              said('specialty', sourceOf),
            ],
            ['national-id', nationalId, t('account.source.national')],
            ['login', account.login, t('account.source.account')],
            ['mail', account.email, mailSource(person, t)],
            ['phone', account.phone, phoneSource(person, t)],
          ] as const;
          return {
            name: `${account.givenName} ${account.familyName}`,
            facts: rows
              .filter(([, value]) => value)
              .map(([id, value, source]) => ({
                label: t(`account.fact.${id}`),
                value,
                source,
              })),
          };
        },
      });
    }),
  );
}
