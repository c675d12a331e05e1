import type { Locale } from './ports.ts';

/** What the messages say about who sends them. */
export interface Sender {
  readonly platform: string;
  /** The host of the sign-in page: browsers fill the code in there and nowhere else. */
  readonly host: string;
  readonly supportUrl: string;
}

/** The language of a message: French unless the person reads English. */
export const localeOf = (tag: string): Locale => (/^en\b/i.test(tag) ? 'en' : 'fr');

export const SUPPORT = { fr: 'Assistance', en: 'Support' } as const satisfies Record<Locale, string>;

export const oneLine = (text: string) => text.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ').trim();

export const escapeHtml = (text: string) => text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);

/** @param content markup, already escaped */
export const paragraph = (content: string) => `<p style="margin:0 0 16px">${content}</p>`;

export const supportLine = (locale: Locale, { supportUrl }: Sender): string =>
  `${SUPPORT[locale]}${locale === 'fr' ? ' : ' : ': '}${supportUrl}`;

/**
 * The page of a mail. Styles stand inline because webmails drop style sheets; format-detection keeps iOS from making a
 * code a phone number.
 * @param body markup, already escaped
 */
export function mailPage(locale: Locale, subject: string, body: string, sender: Sender): string {
  return `<!doctype html>
<html lang="${locale}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="format-detection" content="telephone=no">
<title>${escapeHtml(subject)}</title>
</head>
<body style="margin:0;padding:24px;background:#ffffff;color:#161616;font:16px/1.5 Arial,Helvetica,sans-serif">
<div style="max-width:560px;margin:0 auto">
${body}
<p style="margin:0"><a href="${escapeHtml(sender.supportUrl)}" style="color:#000091">${SUPPORT[locale]}</a></p>
</div>
</body>
</html>
`;
}
