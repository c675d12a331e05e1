/** A text found somewhere it must not be. */
export interface Found {
  readonly what: string;
  readonly place: string;
}

export interface Place {
  readonly place: string;
  readonly text: string;
}

/** A run of digits alone would be found inside dates and numbers that have nothing to do with it. */
const SHORT = 10;
const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');

function patternOf(secret: string): RegExp {
  if (secret.length < SHORT) return new RegExp(`(?<![0-9A-Za-z])${escaped(secret)}(?![0-9A-Za-z])`);
  const bytes = Buffer.from(secret);
  // base64 without its last group, which depends on what follows.
  const forms = [
    secret,
    bytes.toString('hex'),
    bytes.toString('base64').replace(/.{0,4}$/, ''),
    encodeURIComponent(secret),
  ];
  return new RegExp([...new Set(forms)].map(escaped).join('|'));
}

/** Which of these secrets stands where. The place is told, the secret only named. */
export function findAll(secrets: ReadonlyMap<string, string>, places: readonly Place[]): Found[] {
  return [...secrets].flatMap(([secret, what]) => {
    const pattern = patternOf(secret);
    return places.filter(({ text }) => pattern.test(text)).map(({ place }) => ({ what, place }));
  });
}
