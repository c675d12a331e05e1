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

/** French never leaves these alone at an end of a line; in plain text a client may not break where we think. */
const unbroken = (text: string, locale: Locale): string =>
  locale === 'fr' ? text.replace(/ (?=[:;?!»])|(?<=«) /g, '\u00a0') : text;

export const paragraph = (text: string, locale: Locale) =>
  `<p style="margin:0 0 16px">${escapeHtml(unbroken(text, locale))}</p>`;

/** An address is written as one: `mailto:` and what may follow it are for programs. */
const readable = (url: string) => (url.startsWith('mailto:') ? decodeURIComponent(new URL(url).pathname) : url);

export const supportLine = (locale: Locale, { supportUrl }: Sender): string =>
  `${SUPPORT[locale]}${locale === 'fr' ? ' : ' : ': '}${readable(supportUrl)}`;

/** Of the two schemes of colours; each pair is readable (WCAG 1.4.3) by itself. */
export const COLOURS = {
  light: { ground: '#ffffff', text: '#161616', link: '#000091', onLink: '#ffffff' },
  dark: { ground: '#1e1e1e', text: '#eeeeee', link: '#b1b1f9', onLink: '#1e1e1e' },
} as const;
const { light, dark } = COLOURS;

export const anchor = (href: string, label: string): string =>
  `<a class="link" href="${escapeHtml(href)}" style="color:${light.link};text-decoration:underline">${escapeHtml(label)}</a>`;

/** What the message asks for: as large as a finger. */
export const button = (href: string, label: string): string =>
  `<p style="margin:24px 0"><a class="button" href="${escapeHtml(href)}" style="display:inline-block;padding:12px 20px;border-radius:4px;background:${light.link};color:${light.onLink};font-weight:700;text-decoration:none">${escapeHtml(label)}</a></p>`;

/** For clients that read it; the others keep the light colours, which stand on what carries the text, not on the body that some drop. */
const IN_THE_DARK = `@media (prefers-color-scheme:dark){body{background:${dark.ground}!important}.ground{background:${dark.ground}!important;color:${dark.text}!important}.link{color:${dark.link}!important}.button{background:${dark.link}!important;color:${dark.onLink}!important}}`;

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
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<title>${escapeHtml(subject)}</title>
<style>${IN_THE_DARK}</style>
</head>
<body style="margin:0;padding:0">
<div class="ground" style="padding:24px;background:${light.ground};color:${light.text};font:16px/1.5 Arial,Helvetica,sans-serif">
<div style="max-width:560px;margin:0 auto">
${body}
<p style="margin:24px 0 0">${anchor(sender.supportUrl, SUPPORT[locale])}</p>
</div>
</div>
</body>
</html>
`;
}
