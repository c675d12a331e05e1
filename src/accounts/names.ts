/** Letters that Unicode does not take apart. */
const LETTERS: Readonly<Record<string, string>> = { Æ: 'AE', Œ: 'OE', Ø: 'O', Ł: 'L', Đ: 'D', Þ: 'TH' };

/** Cards write names in capitals without accents: that is no other name than the one we have. */
export const folded = (name: string): string =>
  name
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .toUpperCase()
    .replace(/[ÆŒØŁĐÞ]/gu, (letter) => LETTERS[letter] ?? letter)
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();

/** Between the name somebody was born with and the one they took: "DURAND EP MARTIN", "Martin (née Durand)". */
const TAKEN = /\b(?:EP|EPSE|EPOUSE|NE E|NEE|NE|VEUVE|VVE)\b/u;
/** Part of many names, and enough to tell nobody. */
const PARTICLES = new Set([
  'D',
  'DE',
  'DU',
  'DES',
  'DA',
  'DI',
  'DOS',
  'L',
  'LA',
  'LE',
  'LES',
  'VAN',
  'VON',
  'EL',
  'AL',
]);

const words = (name: string): string[] => folded(name).split(' ').filter(Boolean);
const familyNames = (name: string): Set<string>[] =>
  folded(name)
    .split(TAKEN)
    .map((one) => new Set(words(one)))
    .filter((one) => [...one].some((word) => word.length > 1 && !PARTICLES.has(word)));

const within = (one: ReadonlySet<string>, other: ReadonlySet<string>) => [...one].every((word) => other.has(word));

export interface PersonName {
  readonly familyName?: string | undefined;
  readonly givenName?: string | undefined;
}

/**
 * Whether what a source says may be the name of that person: a family name in common, alone or within a double one, and
 * one given name. What it does not say is not compared: it replaces nothing.
 */
export function isLikeName(said: PersonName, known: Required<PersonName>): boolean {
  const { familyName, givenName } = said;
  const families = familyNames(known.familyName ?? '');
  const family =
    familyName === undefined ||
    familyNames(familyName).some((one) => families.some((other) => within(one, other) || within(other, one)));
  const given = new Set(words(known.givenName ?? '').filter((word) => word.length > 1));
  return family && (givenName === undefined || words(givenName).some((word) => given.has(word)));
}
