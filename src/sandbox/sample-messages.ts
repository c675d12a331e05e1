import { PURPOSES } from '../challenges/challenge.ts';
import { noticeMail } from '../delivery/deliver-notice.ts';
import type { Sender } from '../delivery/mail-frame.ts';
import { mailOf, smsOf } from '../delivery/messages.ts';
import type { Locale, Mail, Sms } from '../delivery/ports.ts';
import { paramsOf, TEMPLATES, type TemplateId } from '../delivery/templates.ts';

const AT = new Date('2026-11-23T08:00:00.000Z');
const TO = 'marie.durand@hopital.example';
const UNDO = '7KQ4-M2XP-9TRC';

/** As whoever writes a notice fills it in. */
const valuesAt = (origin: string): Readonly<Record<string, string>> => ({
  when: '23 novembre 2026 à 09:00 UTC+1',
  until: '26 novembre 2026 à 09:00 UTC+1',
  date: '30 novembre 2026',
  account: `${origin}/compte`,
  portal: `${origin}/integrateurs`,
  undo: `${origin}/compte/annuler#${UNDO}`,
  link: `${origin}/invitation#b3Jk9sQx2LmV7tYp`,
  code: UNDO,
  application: 'Messagerie sécurisée',
  client: 'messagerie',
  mode: 'Code Éphémère',
  browser: 'Firefox, Windows',
  place: '81.2.x.x',
  by: 'Nadia Moreau',
  days: '7',
  left: '4',
  login: 'mdurand',
  device: 'PC du cabinet',
  name: 'Clé du bureau',
  to: 'm•••••@hopital.example',
  what: 'vos sessions ont été fermées',
});

const letter = (purpose: (typeof PURPOSES)[number], locale: Locale, to: string) => ({
  id: `code-${purpose}`,
  to,
  code: '482915',
  purpose,
  locale,
  expiresAt: AT,
});

/** Each kind of mail in one language, by its name. */
export const sampleMails = (locale: Locale, sender: Sender): (readonly [kind: string, mail: Mail])[] => [
  ...PURPOSES.filter((purpose) => purpose !== 'verify-phone').map(
    (purpose) => [`code-${purpose}`, mailOf(letter(purpose, locale, TO), sender)] as const,
  ),
  ...(Object.keys(TEMPLATES) as TemplateId[]).map((template) => {
    const values = valuesAt(`https://${sender.host}`);
    const params = Object.fromEntries(paramsOf(template).map((name) => [name, values[name] ?? name]));
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
