import { identityWords } from '../accounts/identity-words.ts';
import { PURPOSES } from '../challenges/challenge.ts';
import { noticeMail } from '../delivery/deliver-notice.ts';
import type { Sender } from '../delivery/mail-frame.ts';
import { mailOf, smsOf } from '../delivery/messages.ts';
import type { Locale, Mail, Sms } from '../delivery/ports.ts';
import { paramsOf, TEMPLATES, type TemplateId } from '../delivery/templates.ts';
import { HELP_DESK, whence } from '../delivery/whence.ts';
import { spoken, spokenDay } from '../spoken.ts';

const AT = new Date('2026-11-23T08:00:00.000Z');
const UNTIL = new Date('2026-11-26T08:00:00.000Z');
const ZONE = 'Europe/Paris';
const FROM = {
  userAgent: 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:145.0) Gecko/20100101 Firefox/145.0',
  place: 'Hôpital fictif, Lyon',
};
const APPLICATION = 'Messagerie sécurisée';
const TO = 'marie.durand@hopital.example';
const UNDO = '7KQ4-M2XP-9TRC';

/** As whoever writes a notice fills it in. */
const valuesAt = (origin: string, locale: Locale): Readonly<Record<string, string>> => ({
  when: spoken(AT, locale, ZONE),
  until: spoken(UNTIL, locale, ZONE),
  date: spokenDay(UNTIL, locale, ZONE),
  from: whence(FROM, locale),
  what: { fr: 'vos sessions ont été fermées', en: 'your sessions were ended' }[locale],
  recovery: `${origin}/mot-de-passe-oublie`,
  account: `${origin}/compte`,
  portal: `${origin}/integrateurs`,
  undo: `${origin}/compte/annuler#${UNDO}`,
  link: `${origin}/invitation#b3Jk9sQx2LmV7tYp`,
  code: UNDO,
  application: APPLICATION,
  client: 'messagerie',
  mode: 'Code Éphémère',
  who: 'md•••••',
  by: 'Nadia Moreau',
  days: '7',
  left: '4',
  login: 'mdurand',
  device: 'PC du cabinet',
  name: 'Clé du bureau',
  to: 'm•••••@hopital.example',
});

/** Of one kind alone. */
const OWN: Readonly<Record<Locale, Readonly<Partial<Record<TemplateId, Record<string, string>>>>>> = {
  fr: {
    'phone-changed': { to: '•• •• •• •• 42' },
    'account-taken-back': { what: 'Le mot de passe d’avant est de nouveau le vôtre.' },
    'help-desk-recovery': { what: 'Vos clés d’accès ont été retirées.' },
    'identity-linked': { identity: identityWords('national-id', 'fr') },
    'identity-removed': { identity: identityWords('national-id', 'fr') },
  },
  en: {
    'phone-changed': { to: '•• •• •• •• 42' },
    'account-taken-back': { what: 'The password of before is yours again.' },
    'help-desk-recovery': { what: 'Your passkeys were removed.' },
    'identity-linked': { identity: identityWords('national-id', 'en') },
    'identity-removed': { identity: identityWords('national-id', 'en') },
  },
};

const letter = (purpose: (typeof PURPOSES)[number], locale: Locale, to: string) => ({
  id: `code-${purpose}`,
  to,
  code: '482915',
  purpose,
  locale,
  expiresAt: AT,
  asked: { ...FROM, application: APPLICATION, zone: ZONE, at: AT },
});

/** Each kind of mail in one language, by its name. */
export const sampleMails = (locale: Locale, sender: Sender): (readonly [kind: string, mail: Mail])[] => [
  ...PURPOSES.filter((purpose) => purpose !== 'verify-phone').map(
    (purpose) => [`code-${purpose}`, mailOf(letter(purpose, locale, TO), sender)] as const,
  ),
  ...(Object.keys(TEMPLATES) as TemplateId[]).map((template) => {
    const values = valuesAt(`https://${sender.host}`, locale);
    const params = {
      ...Object.fromEntries(paramsOf(template).map((name) => [name, values[name] ?? name])),
      ...(template.startsWith('help-desk') ? { from: HELP_DESK[locale] } : {}),
      ...OWN[locale][template],
    };
    const states = { createdAt: AT, sentAt: undefined, givenUpAt: undefined };
    const notice = { id: `notice-${template}`, template, accountId: undefined, to: TO, locale, params, ...states };
    return [template, noticeMail(notice, sender)] as const;
  }),
];

/** Each kind of SMS in one language, by its name. */
export const sampleSms = (locale: Locale, sender: Sender): (readonly [kind: string, sms: Sms])[] =>
  PURPOSES.filter((purpose) => purpose !== 'verify-mail').map(
    (purpose) => [`code-${purpose}`, smsOf(letter(purpose, locale, '+33612345678'), sender)] as const,
  );
