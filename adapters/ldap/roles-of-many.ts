import type { Client, Entry } from 'ldapts';
import type { RolesRead } from '../../src/structures/directory.ts';
import { idAttributeOf, type LdapConnector } from '../../src/structures/ldap-connector.ts';
import { isAnswer, isIll } from './answers.ts';
import { BINARY, entryIdOf } from './entry.ts';
import { inBatches, withIds } from './many.ts';
import { groupsAttribute, rolesOf } from './roles.ts';

/** Runs one search in the time that one may take. */
type Search = <T>(work: (client: Client) => Promise<T>) => Promise<T>;

/** A group that was renamed, deleted or hidden from us looks the same: of its members nothing is known. */
async function canRead(client: Client, dn: string): Promise<boolean> {
  try {
    const { searchEntries } = await client.search(dn, { scope: 'base', attributes: ['1.1'] });
    return searchEntries.length > 0;
  } catch (error) {
    if (!isAnswer(error) || isIll(error)) throw error;
    return false;
  }
}

async function unknownRoles(connector: LdapConnector, search: Search): Promise<Set<string>> {
  const unknown = new Set<string>();
  // What stands on a person's own entry is read there, whatever may be seen of the group.
  if (groupsAttribute(connector) !== undefined) return unknown;
  for (const [dn, role] of Object.entries(connector.roles))
    if (!(await search((client) => canRead(client, dn)))) unknown.add(role);
  return unknown;
}

/** Reads the roles of many as a sign-in reads those of one. */
export async function readRoles(
  connector: LdapConnector,
  entryIds: readonly string[],
  search: Search,
): Promise<RolesRead> {
  const of = new Map<string, readonly string[]>();
  // The administrator's own word: nothing gives a role here.
  if (Object.keys(connector.roles).length === 0)
    return { of: new Map(entryIds.map((id) => [id, []])), unknown: new Set() };
  const unknown = await unknownRoles(connector, search);
  const groups = groupsAttribute(connector);
  const attributes = [idAttributeOf(connector), ...(groups === undefined ? [] : [groups])];
  const entriesOf = (ids: readonly string[]) =>
    search(async (client): Promise<Entry[]> => {
      const filter = withIds(ids, connector);
      const options = { scope: 'sub', filter, attributes, explicitBufferAttributes: BINARY } as const;
      return (await client.search(connector.base_dn, options)).searchEntries;
    });
  for (const ids of inBatches(entryIds)) {
    const read = new Map<string, { dn: string; roles: readonly string[] }>();
    for (const entry of await entriesOf(ids)) {
      const id = entryIdOf(entry, connector);
      if (id === undefined) continue;
      read.set(id, { dn: entry.dn, roles: await search((client) => rolesOf(client, entry, connector)) });
    }
    // Renamed or moved meanwhile, it was looked for under a name that is no member of anything.
    for (const entry of groups === undefined ? await entriesOf(ids) : [])
      if (read.get(entryIdOf(entry, connector) ?? '')?.dn !== entry.dn) read.delete(entryIdOf(entry, connector) ?? '');
    for (const [id, { roles }] of read) of.set(id, roles);
  }
  return { of, unknown };
}
