import { type Client, type Entry, EqualityFilter, OrFilter } from 'ldapts';
import { domainDnOf, type LdapConnector } from '../../src/structures/ldap-connector.ts';
import { groupsOn } from './entry.ts';
import { filled } from './login-filter.ts';

const decoded = (bytes: string) =>
  [...Buffer.from(bytes.replaceAll('\\', ''), 'hex').toString('utf8')]
    .map((char) => (/[\p{L}\p{N}]/u.test(char) ? char : `\\${char}`))
    .join('');

/**
 * Distinguished names are compared by what they say: without case, nor blanks around their parts, and however their
 * characters are escaped (RFC 4514 §2.4 allows several ways; directories differ).
 */
const sameName = (dn: string) =>
  dn
    .replaceAll(/(?:\\[0-9a-f]{2})+/gi, decoded)
    .replaceAll(/(?<!\\)\s*([,=+])\s*/g, '$1')
    .replaceAll('\\=', '=')
    .normalize('NFC')
    .toLowerCase();

/** The roles that these groups give. */
export function rolesAmong(groups: readonly string[], { roles }: LdapConnector): string[] {
  const names = new Set(groups.map(sameName));
  return [...new Set(Object.entries(roles).flatMap(([dn, role]) => (names.has(sameName(dn)) ? [role] : [])))].sort();
}

/** Members of members too, as the server itself follows them (MS-ADTS §3.1.1.3.4.4.3). */
const IN_CHAIN = '(member:1.2.840.113556.1.4.1941:={dn})';

/** The attribute that names the groups of an entry, where they are read there. */
export const groupsAttribute = ({ groups, directory }: LdapConnector): string | undefined => {
  if (groups) return 'attribute' in groups ? groups.attribute : undefined;
  return directory === 'active-directory' ? undefined : 'memberOf';
};

async function groupsOf(client: Client, entry: Entry, connector: LdapConnector): Promise<string[]> {
  const attribute = groupsAttribute(connector);
  if (attribute !== undefined) return groupsOn(entry, attribute);
  const { groups, roles, base_dn } = connector;
  const search = async (base: string, filter: string) => {
    const { searchEntries } = await client.search(base, { scope: 'sub', filter, attributes: ['1.1'] });
    return searchEntries.map(({ dn }) => dn);
  };
  if (groups && 'base_dn' in groups) return search(groups.base_dn, filled(groups.filter, '{dn}', entry.dn));
  // Of the groups that give a role alone: a hospital has thousands.
  const named = new OrFilter({
    filters: Object.keys(roles).map((value) => new EqualityFilter({ attribute: 'distinguishedName', value })),
  });
  return search(domainDnOf(base_dn), `(&${named.toString()}${filled(IN_CHAIN, '{dn}', entry.dn)})`);
}

/** What the groups of an entry make of its owner. */
export async function rolesOf(client: Client, entry: Entry, connector: LdapConnector): Promise<string[]> {
  if (Object.keys(connector.roles).length === 0) return [];
  return rolesAmong(await groupsOf(client, entry, connector), connector);
}
