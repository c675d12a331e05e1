import type { Locale } from '../delivery/ports.ts';

/** The names under which browsers and systems hide in each other's; the first that fits is meant. */
const BROWSERS = [
  [/Edg(?:e|A|iOS)?\//, 'Edge'],
  [/OPR\//, 'Opera'],
  [/(?:Firefox|FxiOS)\//, 'Firefox'],
  [/(?:Chrome|CriOS|Chromium)\//, 'Chrome'],
  [/Safari\//, 'Safari'],
] as const;
const SYSTEMS = [
  [/iPhone|iPad/, 'iOS'],
  [/Android/, 'Android'],
  [/Windows/, 'Windows'],
  [/Mac OS X|Macintosh/, 'macOS'],
  [/Linux|X11/, 'Linux'],
] as const;

const named = (table: typeof BROWSERS | typeof SYSTEMS, text: string) =>
  table.find(([pattern]) => pattern.test(text))?.[1];

/**
 * `Firefox sur Windows`: enough for its owner to recognise it. Only names of our own: whoever asks for a mail to somebody
 * writes the header as they like.
 */
export function browserName(userAgent: string | undefined, locale: Locale): string | undefined {
  const parts = [named(BROWSERS, userAgent ?? ''), named(SYSTEMS, userAgent ?? '')].filter(
    (part) => part !== undefined,
  );
  return parts.length > 0 ? parts.join(locale === 'fr' ? ' sur ' : ' on ') : undefined;
}
