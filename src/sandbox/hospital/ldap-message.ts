import { BerReader, BerWriter, type Filter } from 'ldapts';
import { readFilter } from './ldap-filter.ts';

/** The few messages of LDAP (RFC 4511) that a sign-in needs. */
const TAG = { bind: 0x60, bound: 0x61, unbind: 0x42, search: 0x63, entry: 0x64, done: 0x65, simple: 0x80 } as const;
export const RESULT = { success: 0, protocolError: 2, invalidCredentials: 49, insufficientAccess: 50 } as const;

export type Request =
  | { readonly kind: 'bind'; readonly id: number; readonly dn: string; readonly password: string }
  | { readonly kind: 'search'; readonly id: number; readonly sizeLimit: number; readonly filter: Filter }
  | { readonly kind: 'unbind'; readonly id: number }
  | { readonly kind: 'other'; readonly id: number };

/** Bytes of the first message, or undefined while it is not whole. */
export function lengthOf(bytes: Buffer): number | undefined {
  const first = bytes[1];
  if (first === undefined) return undefined;
  if (first < 0x80) return bytes.length >= first + 2 ? first + 2 : undefined;
  const more = first & 0x7f;
  if (more === 0 || more > 4) throw new Error('a length that no message of ours has');
  if (bytes.length < 2 + more) return undefined;
  const length = 2 + more + bytes.readUIntBE(2, more);
  if (length > 64 * 1024) throw new Error('a message longer than any of ours');
  return bytes.length >= length ? length : undefined;
}

export function readRequest(bytes: Buffer): Request {
  const reader = new BerReader(bytes);
  reader.readSequence();
  const id = reader.readInt() ?? 0;
  switch (reader.readSequence()) {
    case TAG.bind: {
      reader.readInt();
      const dn = reader.readString() ?? '';
      return { kind: 'bind', id, dn, password: reader.readString(TAG.simple) ?? '' };
    }
    case TAG.search: {
      reader.readString();
      reader.readEnumeration();
      reader.readEnumeration();
      const sizeLimit = reader.readInt() ?? 0;
      reader.readInt();
      reader.readBoolean();
      return { kind: 'search', id, sizeLimit, filter: readFilter(bytes.subarray(reader.offset)) };
    }
    case TAG.unbind:
      return { kind: 'unbind', id };
    default:
      return { kind: 'other', id };
  }
}

function message(id: number, tag: number, body: (writer: BerWriter) => void): Buffer {
  const writer = new BerWriter();
  writer.startSequence();
  writer.writeInt(id);
  writer.startSequence(tag);
  body(writer);
  writer.endSequence();
  writer.endSequence();
  return writer.buffer;
}

export const answerTo = ({ kind, id }: Request, code: number, said = ''): Buffer =>
  message(id, kind === 'search' ? TAG.done : TAG.bound, (writer) => {
    writer.writeEnumeration(code);
    writer.writeString('');
    writer.writeString(said);
  });

export const entryFor = (
  { id }: Request,
  dn: string,
  attributes: Readonly<Record<string, readonly string[]>>,
): Buffer =>
  message(id, TAG.entry, (writer) => {
    writer.writeString(dn);
    writer.startSequence();
    for (const [name, values] of Object.entries(attributes)) {
      writer.startSequence();
      writer.writeString(name);
      writer.startSequence(0x31);
      for (const value of values) writer.writeString(value);
      writer.endSequence();
      writer.endSequence();
    }
    writer.endSequence();
  });
