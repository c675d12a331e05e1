/** The default alphabet of SMS (3GPP TS 23.038 §6.2.1): with anything else in it, a part holds 70 characters, not 160. */
const BASIC = new Set(
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà',
);
/** These take two places. */
const EXTENDED = new Set('^{}\\[~]|€');

const PLAIN = new Map([
  ['’', "'"],
  ['‘', "'"],
  ['“', '"'],
  ['”', '"'],
  ['«', '"'],
  ['»', '"'],
  ['–', '-'],
  ['—', '-'],
  ['…', '...'],
  ['œ', 'oe'],
  ['Œ', 'OE'],
]);

const isGsm7 = (character: string) => BASIC.has(character) || EXTENDED.has(character);

/** The nearest text in that alphabet: `ê` becomes `e`, what has no neighbour becomes `?`. */
export function toGsm7(text: string): string {
  return [...text.normalize('NFC')]
    .map((character) => {
      if (isGsm7(character)) return character;
      const plain = PLAIN.get(character);
      if (plain !== undefined) return plain;
      if (/\s/u.test(character)) return ' ';
      const base = character.normalize('NFD').replace(/\p{M}/gu, '');
      return base !== '' && [...base].every(isGsm7) ? base : '?';
    })
    .join('');
}

/** Whether it is sent, and paid, as one part. */
export function fitsOneSms(text: string): boolean {
  let places = 0;
  for (const character of text) {
    if (!isGsm7(character)) return false;
    places += EXTENDED.has(character) ? 2 : 1;
  }
  return places <= 160;
}
