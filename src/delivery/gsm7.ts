/** The default alphabet of SMS (3GPP TS 23.038 §6.2.1): with anything else in it, a part holds 70 characters, not 160. */
const BASIC = new Set(
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà',
);
/** These take two places. */
const EXTENDED = new Set('^{}\\[~]|€');

/** What Unicode does not take apart, as somebody who writes French by hand on such a keyboard would put it. */
const PLAIN = new Map(
  Object.entries({
    "'": '’‘‚‛ʼ′`´',
    '"': '“”„‟″«»',
    '<': '‹',
    '>': '›',
    '-': '‐‑‒–—―−',
    '.': '·•',
    oe: 'œ',
    OE: 'Œ',
    o: '°',
    x: '×',
    l: 'ł',
    L: 'Ł',
    d: 'đð',
    D: 'ĐÐ',
    i: 'ı',
    '(c)': '©',
    '(r)': '®',
    '/': '⁄∕',
  }).flatMap(([plain, characters]) => [...characters].map((character) => [character, plain] as const)),
);

const isGsm7 = (character: string) => BASIC.has(character) || EXTENDED.has(character);

/** French puts a space inside its guillemets, and none inside other quotes. */
const FRENCH_QUOTES = /«\s*|\s*»/gu;

/** One character of the alphabet, or a few: itself, its neighbour, its letter without accents, or what it is made of. */
function nearest(character: string): string {
  if (isGsm7(character)) return character;
  const plain = PLAIN.get(character);
  if (plain !== undefined) return plain;
  if (/\s/u.test(character)) return ' ';
  if (/\p{M}|\p{Cf}/u.test(character)) return '';
  // `ê` is `e` and an accent, `…` three points, `²` a 2 above.
  const parts = [...character.normalize('NFKD').replace(/\p{M}/gu, '')];
  if (parts.length === 0 || parts.includes(character)) return '?';
  return parts.map((part) => (isGsm7(part) ? part : (PLAIN.get(part) ?? '?'))).join('');
}

/** The nearest text in that alphabet; what has no neighbour becomes `?`. */
export const toGsm7 = (text: string): string =>
  [...text.normalize('NFC').replace(FRENCH_QUOTES, '"')].map(nearest).join('');

const ONE_PART = 160;

/** How many places of a part it takes; undefined where the alphabet does not hold it. */
export function smsPlaces(text: string): number | undefined {
  let places = 0;
  for (const character of text) {
    if (!isGsm7(character)) return undefined;
    places += EXTENDED.has(character) ? 2 : 1;
  }
  return places;
}

/** Whether it is sent, and paid, as one part. */
export const fitsOneSms = (text: string): boolean => (smsPlaces(text) ?? Infinity) <= ONE_PART;
