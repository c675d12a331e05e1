/** In what two addresses differ, the smallest difference first: the first that is the whole of it is the answer. */
export const DIFFERENCES = ['slash', 'case', 'scheme', 'port', 'query', 'host', 'path', 'other'] as const;
export type Difference = (typeof DIFFERENCES)[number];

const withoutSlash = (uri: string) => uri.replace(/\/$/, '');

function between(sent: string, registered: string): Difference {
  if (withoutSlash(sent) === withoutSlash(registered)) return 'slash';
  if (sent.toLowerCase() === registered.toLowerCase()) return 'case';
  if (!URL.canParse(sent) || !URL.canParse(registered)) return 'other';
  const [one, other] = [new URL(sent), new URL(registered)];
  const differ = (['protocol', 'hostname', 'port', 'pathname', 'search'] as const).filter(
    (part) => one[part] !== other[part],
  );
  // http and https have ports of their own.
  const only = differ.filter((part) => !(part === 'port' && differ.includes('protocol')));
  if (only.length !== 1) return 'other';
  return ({ protocol: 'scheme', hostname: 'host', port: 'port', pathname: 'path', search: 'query' } as const)[
    only[0] ?? 'pathname'
  ];
}

/** The registered address that is nearest to what was sent, and in what they differ. */
export function nearest(
  sent: string,
  registered: readonly string[],
): { difference: Difference; registered: string } | undefined {
  const ranked = registered.map((uri) => ({ registered: uri, difference: between(sent, uri) }));
  return ranked.sort((one, other) => DIFFERENCES.indexOf(one.difference) - DIFFERENCES.indexOf(other.difference))[0];
}
