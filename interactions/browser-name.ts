import { browserName } from '../src/http/browser-name.ts';
import type { Lang } from './layout/lang.ts';

/** The browser as a page of its owner names it; one that is not known, by the first word that it says of itself. */
export const shownBrowser = (userAgent: string | undefined, lang: Lang): string =>
  browserName(userAgent, lang) ?? (userAgent?.split(/[\s/]/)[0] || '–');
