import { AndFilter, BerReader, type Filter, FilterParser, NotFilter, OrFilter, PresenceFilter } from 'ldapts';

/** RFC 4511 §4.5.1.7 */
const TAG = { and: 0xa0, or: 0xa1, not: 0xa2, present: 0x87 } as const;

interface Part {
  readonly tag: number;
  readonly body: Buffer;
  readonly whole: Buffer;
}

/** Tag, length and value of what stands first. */
function partOf(bytes: Buffer): Part {
  const [tag = 0, first = 0] = bytes;
  const more = first < 0x80 ? 0 : first & 0x7f;
  const length = more === 0 ? first : bytes.readUIntBE(2, more);
  const from = 2 + more;
  return { tag, body: bytes.subarray(from, from + length), whole: bytes.subarray(0, from + length) };
}

function partsIn(bytes: Buffer): Part[] {
  const parts: Part[] = [];
  for (let rest = bytes; rest.length > 0; rest = rest.subarray(parts.at(-1)?.whole.length)) parts.push(partOf(rest));
  return parts;
}

function toFilter({ tag, body, whole }: Part): Filter {
  const inner = () => partsIn(body).map(toFilter);
  switch (tag) {
    case TAG.and:
      return new AndFilter({ filters: inner() });
    case TAG.or:
      return new OrFilter({ filters: inner() });
    case TAG.not:
      return new NotFilter({ filter: toFilter(partOf(body)) });
    case TAG.present:
      // The library reads its name from the beginning of the message.
      return new PresenceFilter({ attribute: body.toString().toLowerCase() });
    default:
      return FilterParser.parse(new BerReader(whole));
  }
}

/** The filter that these bytes begin with. */
export const readFilter = (bytes: Buffer): Filter => toFilter(partOf(bytes));
