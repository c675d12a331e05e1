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

/** `Firefox, Windows`: enough for its owner to recognise it. */
export function browserName(userAgent: string | undefined): string {
  if (!userAgent) return '–';
  const parts = [named(BROWSERS, userAgent), named(SYSTEMS, userAgent)].filter((part) => part !== undefined);
  return parts.length > 0 ? parts.join(', ') : (userAgent.split(/[\s/]/)[0] ?? '–');
}
