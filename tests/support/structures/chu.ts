import { openDirectories } from '../../../src/main/structures.ts';
import type { LdapStructure } from '../../../src/structures/structure.ts';
import type { RunningMire } from '../mire.ts';
import type { OwnSamba } from '../servers/own-samba.ts';
import { CHU, SERVICE } from './chu-staff.ts';

/** A hospital whose directory is a domain, as its administrator would write it. */
export const domainOf = (dc: OwnSamba, changes: Record<string, unknown> = {}, connector: object = {}) => ({
  id: 'chu',
  finess: '690000001',
  name: 'CHU des Trois Vallées',
  ...changes,
  connector: {
    kind: 'ldap',
    directory: 'active-directory',
    servers: [dc.ldaps],
    ca: dc.certificate.ca,
    bind_dn: SERVICE.dn,
    bind_password: SERVICE.password,
    base_dn: CHU.agents,
    timeout: 5,
    ...connector,
  },
});

/** What the domain itself says of somebody's entry id. */
export async function entryIdsOf(mire: RunningMire, names: readonly string[]): Promise<string[]> {
  const directories = openDirectories(mire.sandbox.parts);
  try {
    const structure = (await mire.sandbox.parts.storage.structures.byId('chu')) as LdapStructure;
    const directory = await directories.of(structure);
    return await Promise.all(names.map(async (name) => (await directory.find(name))?.entry?.entryId ?? ''));
  } finally {
    await directories.close();
  }
}
