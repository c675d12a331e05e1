import { CODE } from '../../config/lives.ts';
import { type Asked, PURPOSES, type Purpose } from '../challenges/challenge.ts';
import { spoken } from '../spoken.ts';
import { CODE_WORDS } from './code-texts.ts';
import { fitsOneSms, toGsm7 } from './gsm7.ts';
import { mailPage, oneLine, paragraph, type Sender, supportLine } from './mail-frame.ts';
import type { Locale, Mail, Sms } from './ports.ts';
import { whence } from './whence.ts';

export interface Letter {
  readonly id: string;
  readonly to: string;
  readonly code: string;
  readonly purpose: Purpose;
  readonly locale: Locale;
  readonly expiresAt: Date;
  readonly asked?: (Asked & { readonly at: Date }) | undefined;
}

const MINUTES = CODE.life / 60;

const TEXTS = {
  fr: {
    life: `Il est valable ${MINUTES} minutes à partir de votre demande et ne sert qu’une fois.`,
    secret: 'Ne le communiquez à personne : ni l’assistance ni aucun collègue ne vous le demandera.',
  },
  en: {
    life: `It is valid for ${MINUTES} minutes from your request, and works once.`,
    secret: 'Do not share it with anyone: neither support nor any colleague will ever ask you for it.',
  },
} as const;

const ASKED = {
  fr: { when: 'Demandé le', to: 'pour', since: 'depuis' },
  en: { when: 'Asked for on', to: 'for', since: 'from' },
} as const;

/** When, for which application, from where. */
function askedFor({ at, zone, application, ...from }: NonNullable<Letter['asked']>, locale: Locale): string {
  const { when, to, since } = ASKED[locale];
  const name = application === undefined ? '' : `, ${to} ${oneLine(application)}`;
  return `${when} ${spoken(at, locale, zone)}${name}, ${since} ${oneLine(whence(from, locale))}.`;
}

/** The code is not in the subject: mail servers log subjects, and locked screens show them. */
export function mailOf({ id, to, code, purpose, locale, expiresAt, asked }: Letter, sender: Sender): Mail {
  const { life, secret } = TEXTS[locale];
  const words = CODE_WORDS[purpose][locale];
  const platform = oneLine(sender.platform);
  const subject = words.subject(platform);
  const lines = [...(asked ? [askedFor(asked, locale)] : []), life, secret, words.notYou];
  const text = [words.intro(platform), code, ...lines, supportLine(locale, sender)].join('\n\n');
  const body = [
    paragraph(words.intro(platform), locale),
    `<p style="margin:0 0 16px;font:700 32px/1.5 Consolas,Menlo,monospace">${code}</p>`,
    ...lines.map((line) => paragraph(line, locale)),
  ].join('\n');
  return { id, to, subject, text: `${text}\n`, html: mailPage(locale, subject, body, sender), locale, expiresAt, code };
}

/** What is left of a name that is shortened can still be recognised. */
const LEAST = 8;

/**
 * One SMS part, with the line that lets the browser fill the code in (WICG, Origin-bound one-time codes §3): the platform's
 * name is shortened for it, and only where that is not enough does it go.
 */
export function smsOf({ id, to, code, purpose, locale, expiresAt }: Letter, sender: Sender): Sms {
  const platform = toGsm7(oneLine(sender.platform));
  const body = (name: string) => `${code}\n${toGsm7(CODE_WORDS[purpose][locale].sms(name))}`;
  const bound = (name: string) => `${body(name)}\n\n@${sender.host} #${code}`;
  const shortened = (whole: (name: string) => string): string | undefined => {
    let [name, kept] = [platform, platform];
    while (!fitsOneSms(whole(name))) {
      kept = kept.slice(0, -1).trimEnd();
      if (kept.length < LEAST) return undefined;
      name = `${kept}...`;
    }
    return whole(name);
  };
  return { id, to, text: shortened(bound) ?? shortened(body) ?? body(''), expiresAt, code };
}

/** Whether each SMS keeps the line by which a browser fills the code in: a host may be too long for it. */
export function hasRoomForBinding(sender: Sender): boolean {
  const letter = { id: '', to: '', code: '000000', expiresAt: new Date(0) };
  return PURPOSES.every((purpose) =>
    (['fr', 'en'] as const).every((locale) =>
      smsOf({ ...letter, purpose, locale }, sender).text.endsWith(`@${sender.host} #${letter.code}`),
    ),
  );
}
