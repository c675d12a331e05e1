import { type Entry, escapeFilter } from 'ldapts';
import type { DirectoryEntry } from '../../src/structures/directory.ts';
import { DirectoryDown } from '../../src/structures/directory.ts';
import { disabledMarkOf, idAttributeOf, type LdapConnector } from '../../src/structures/ldap-connector.ts';

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

export function entryIdOf(entry: Entry, connector: LdapConnector): string {
  const attribute = idAttributeOf(connector);
  const [value] = valuesOf(entry, attribute);
  const id = isBinary(attribute) && Buffer.isBuffer(value) ? guidOf(value) : asText(value);
  if (!id) throw new DirectoryDown('misconfigured', `the attribute ${attribute} cannot be read`);
  return id;
}

/** The value of the id as a filter compares it. */
export const idValue = (id: string, connector: LdapConnector): Buffer | string =>
  isBinary(idAttributeOf(connector)) ? guidBytes(id) : id;

export function isDisabled(entry: Entry, connector: LdapConnector): boolean {
  const mark = disabledMarkOf(connector);
  if (!mark) return false;
  const value = firstOf(entry, mark.attribute);
  if ('bit' in mark) return (Number(value ?? 0) & mark.bit) !== 0;
  return 'equals' in mark ? value?.toLowerCase() === mark.equals.toLowerCase() : value !== undefined;
}

/** Everything that is read of an entry. */
export function attributesOf(connector: LdapConnector): string[] {
  const { attributes, groups } = connector;
  const mark = disabledMarkOf(connector);
  return [
    idAttributeOf(connector),
    ...Object.values(attributes).filter((name) => name !== undefined),
    ...('attribute' in groups ? [groups.attribute] : []),
    ...(mark ? [mark.attribute] : []),
  ];
}

export const groupsOn = (entry: Entry, attribute: string): string[] =>
  valuesOf(entry, attribute).flatMap((value) => asText(value) ?? []);

/** Distinguished names are compared without case, nor blanks around their parts (RFC 4514 allows both). */
const sameName = (dn: string) => dn.replaceAll(/\s*([,=+])\s*/g, '$1').toLowerCase();

export function rolesOf(groups: readonly string[], { roles }: LdapConnector): string[] {
  const names = new Set(groups.map(sameName));
  return [...new Set(Object.entries(roles).flatMap(([dn, role]) => (names.has(sameName(dn)) ? [role] : [])))].sort();
}

export function toEntry(entry: Entry, groups: readonly string[], connector: LdapConnector): DirectoryEntry {
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
    entryId: entryIdOf(entry, connector),
    dn: entry.dn,
    disabled: isDisabled(entry, connector),
    roles: rolesOf(groups, connector),
    ...(Object.fromEntries(
      Object.entries(known).filter(([, value]) => value !== undefined),
    ) as Partial<DirectoryEntry>),
  };
}

/** A filter of the definition with a value in its place, escaped by the library (RFC 4515 §3). */
export const filled = (filter: string, place: '{login}' | '{dn}', value: string): string =>
  filter.replaceAll(place, () => escapeFilter`${value}`);
