import type { Context } from 'koa';

/** The languages of the pages; the first is the one used when the browser asks for neither. */
export const LANGS = ['fr', 'en'] as const;
export type Lang = (typeof LANGS)[number];

const COOKIE = 'mire_lang';
const isLang = (value: unknown): value is Lang => LANGS.includes(value as Lang);

/**
 * The person's own choice (the link at the top of the page), then the application's `ui_locales`
 * (OIDC Core §3.1.2.1), then the browser's languages.
 */
export function langOf(ctx: Context, uiLocales?: unknown): Lang {
  const chosen = ctx.query.lang;
  if (isLang(chosen)) {
    // Says a language and nothing else; lives as long as the browser is open.
    if (ctx.cookies.get(COOKIE) !== chosen)
      ctx.cookies.set(COOKIE, chosen, { signed: false, httpOnly: true, sameSite: 'lax', overwrite: true });
    return chosen;
  }
  const remembered = ctx.cookies.get(COOKIE, { signed: false });
  if (isLang(remembered)) return remembered;
  const asked = typeof uiLocales === 'string' ? uiLocales.split(' ').map((tag) => tag.slice(0, 2).toLowerCase()) : [];
  const first = asked.find(isLang) ?? ctx.acceptsLanguages([...LANGS]);
  return isLang(first) ? first : LANGS[0];
}
