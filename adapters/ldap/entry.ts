import type { Entry } from 'ldapts';
import type { DirectoryEntry } from '../../src/structures/directory.ts';
import { idAttributeOf, type LdapConnector } from '../../src/structures/ldap-connector.ts';

/** A value as text: what is no UTF-8 comes as bytes. */
const asText = (value: unknown): string | undefined => {
  if (typeof value === 'string') return value.trim() || undefined;
  return Buffer.isBuffer(value) ? value.toString('utf8').trim() || undefined : undefined;
};

/** Attribute names have no case; servers answer in the case they like. */
function valuesOf(entry: Entry, attribute: string): unknown[] {
  const name = Object.keys(entry).find((key) => key.toLowerCase() === attribute.toLowerCase());
  return name === undefined ? [] : [entry[name]].flat().filter((value) => value !== undefined);
}
export const firstOf = (entry: Entry, attribute: string): string | undefined => asText(valuesOf(entry, attribute)[0]);

/** MS-DTYP §2.3.4: the first three parts of a GUID are little-endian. */
function guidOf(bytes: Buffer): string {
  const hex = Buffer.concat([
    Buffer.from(bytes.subarray(0, 4)).reverse(),
    Buffer.from(bytes.subarray(4, 6)).reverse(),
    Buffer.from(bytes.subarray(6, 8)).reverse(),
    bytes.subarray(8),
  ]).toString('hex');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

function guidBytes(guid: string): Buffer {
  const [a = '', b = '', c = '', d = '', e = ''] = guid.split('-');
  const reversed = [a, b, c].map((part) => Buffer.from(part, 'hex').reverse());
  return Buffer.concat([...reversed, Buffer.from(d + e, 'hex')]);
}

const isBinary = (attribute: string) => attribute.toLowerCase() === 'objectguid';
/** Asked for as bytes, under the name that the server gives it. */
export const BINARY = ['objectGUID', 'objectguid'];

/** Undefined: it cannot be read. */
export function entryIdOf(entry: Entry, connector: LdapConnector): string | undefined {
  const attribute = idAttributeOf(connector);
  const [value] = valuesOf(entry, attribute);
  return isBinary(attribute) && Buffer.isBuffer(value) && value.length === 16 ? guidOf(value) : asText(value);
}

/** The value of the id as a filter compares it. */
export const idValue = (id: string, connector: LdapConnector): Buffer | string =>
  isBinary(idAttributeOf(connector)) ? guidBytes(id) : id;

export const groupsOn = (entry: Entry, attribute: string): string[] =>
  valuesOf(entry, attribute).flatMap((value) => asText(value) ?? []);

export function toEntry(entry: Entry, roles: readonly string[], connector: LdapConnector): DirectoryEntry | undefined {
  const entryId = entryIdOf(entry, connector);
  if (entryId === undefined) return undefined;
  const names = connector.attributes;
  const read = (attribute: string | undefined) => (attribute === undefined ? undefined : firstOf(entry, attribute));
  const known = {
    familyName: read(names.family_name),
    givenName: read(names.given_name),
    email: read(names.email),
    phone: read(names.phone),
    profession: read(names.profession),
    nationalId: read(names.national_id),
  };
  return {
    entryId,
    roles,
    ...(Object.fromEntries(
      Object.entries(known).filter(([, value]) => value !== undefined),
    ) as Partial<DirectoryEntry>),
  };
}
