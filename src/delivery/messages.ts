import { CODE } from '../../config/lives.ts';
import { fitsOneSms, toGsm7 } from './gsm7.ts';
import type { Locale, Mail, Sms } from './ports.ts';

/** What the messages say about who sends them. */
export interface Sender {
  readonly platform: string;
  /** The host of the sign-in page: browsers fill the code in there and nowhere else. */
  readonly host: string;
  readonly supportUrl: string;
}

export interface Letter {
  readonly id: string;
  readonly to: string;
  readonly code: string;
  readonly locale: Locale;
  readonly expiresAt: Date;
}

/** The language of a message: French unless the person reads English. */
export const localeOf = (tag: string): Locale => (/^en\b/i.test(tag) ? 'en' : 'fr');

const MINUTES = CODE.life / 60;

const TEXTS = {
  fr: {
    subject: (platform: string) => `Votre code de connexion – ${platform}`,
    intro: (platform: string) => `Voici votre code de connexion à ${platform} :`,
    life: `Il est valable ${MINUTES} minutes à partir de votre demande et ne sert qu’une fois.`,
    secret: 'Ne le communiquez à personne : ni l’assistance ni aucun collègue ne vous le demandera.',
    notYou:
      'Vous n’avez pas demandé ce code ? Quelqu’un connaît peut-être votre mot de passe : changez-le et prévenez l’assistance.',
    support: 'Assistance',
    sms: (platform: string) => `Code de connexion ${platform}, valable ${MINUTES} min. Ne le donnez à personne.`,
  },
  en: {
    subject: (platform: string) => `Your sign-in code – ${platform}`,
    intro: (platform: string) => `Here is your sign-in code for ${platform}:`,
    life: `It is valid for ${MINUTES} minutes from your request, and works once.`,
    secret: 'Do not share it with anyone: neither support nor any colleague will ever ask you for it.',
    notYou: 'You did not ask for this code? Somebody may know your password: change it and tell support.',
    support: 'Support',
    sms: (platform: string) => `${platform} sign-in code, valid ${MINUTES} min. Do not share it with anyone.`,
  },
} as const;

/** The code is not in the subject: mail servers log subjects, and locked screens show them. */
export function mailOf({ id, to, code, locale, expiresAt }: Letter, sender: Sender): Mail {
  const texts = TEXTS[locale];
  const platform = oneLine(sender.platform);
  const text = [
    texts.intro(platform),
    code,
    texts.life,
    texts.secret,
    texts.notYou,
    `${texts.support}${locale === 'fr' ? ' : ' : ': '}${sender.supportUrl}`,
  ].join('\n\n');
  return {
    id,
    to,
    subject: texts.subject(platform),
    text: `${text}\n`,
    html: html(code, locale, sender),
    locale,
    expiresAt,
    code,
  };
}

/** One SMS part, with the line that lets the browser fill the code in (WICG, Origin-bound one-time codes §3) if it fits. */
export function smsOf({ id, to, code, locale, expiresAt }: Letter, sender: Sender): Sms {
  const platform = toGsm7(oneLine(sender.platform));
  const body = (name: string) => `${code}\n${toGsm7(TEXTS[locale].sms(name))}`;
  let name = platform;
  while (!fitsOneSms(body(name)))
    name = `${name
      .replace(/(\.\.\.)?$/, '')
      .slice(0, -1)
      .trimEnd()}...`;
  const bound = `${body(name)}\n\n@${sender.host} #${code}`;
  return { id, to, text: fitsOneSms(bound) ? bound : body(name), expiresAt, code };
}

const oneLine = (text: string) => text.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ').trim();

const escapeHtml = (text: string) => text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);

function html(code: string, locale: Locale, sender: Sender): string {
  const texts = TEXTS[locale];
  const platform = escapeHtml(oneLine(sender.platform));
  const url = escapeHtml(sender.supportUrl);
  const paragraph = (content: string) => `<p style="margin:0 0 16px">${content}</p>`;
  // Styles stand inline because webmails drop style sheets; format-detection keeps iOS from making the code a phone number.
  return `<!doctype html>
<html lang="${locale}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="format-detection" content="telephone=no">
<title>${escapeHtml(texts.subject(oneLine(sender.platform)))}</title>
</head>
<body style="margin:0;padding:24px;background:#ffffff;color:#161616;font:16px/1.5 Arial,Helvetica,sans-serif">
<div style="max-width:560px;margin:0 auto">
${paragraph(texts.intro(platform))}
<p style="margin:0 0 16px;font:700 32px/1.5 Consolas,Menlo,monospace">${code}</p>
${paragraph(escapeHtml(texts.life))}
${paragraph(escapeHtml(texts.secret))}
${paragraph(escapeHtml(texts.notYou))}
<p style="margin:0"><a href="${url}" style="color:#000091">${texts.support}</a></p>
</div>
</body>
</html>
`;
}
