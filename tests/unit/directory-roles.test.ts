import { expect, test } from '@jest/globals';
import type { Client } from 'ldapts';
import { readRoles } from '../../adapters/ldap/roles-of-many.ts';
import { ldapConnector } from '../../src/structures/ldap-connector.ts';

const GROUP = 'CN=Soins,DC=chu,DC=example';
const domain = ldapConnector.parse({
  kind: 'ldap',
  directory: 'active-directory',
  servers: ['ldaps://x'],
  ca: '-----BEGIN CERTIFICATE-----',
  base_dn: 'DC=chu,DC=example',
  id_attribute: 'employeeID',
  roles: { [GROUP]: 'soins' },
});

/** A directory in which `moved` gets another name while it is read. */
function directory() {
  let reads = 0;
  const search = async (base: string, { filter }: { filter?: unknown }) => {
    if (base === GROUP) return { searchEntries: [{ dn: GROUP }] };
    const text = String(filter);
    if (text.includes('employeeID')) {
      reads += 1;
      const name = reads === 1 ? 'before' : 'after';
      return {
        searchEntries: [
          { dn: `CN=${name},${domain.base_dn}`, employeeID: 'moved' },
          { dn: `CN=still,${domain.base_dn}`, employeeID: 'still' },
        ],
      };
    }
    return { searchEntries: text.includes('CN=still') ? [{ dn: GROUP }] : [] };
  };
  return { search } as unknown as Client;
}

test('an entry that is renamed while its groups are looked for loses no role', async () => {
  const client = directory();
  const { of, unknown } = await readRoles(domain, ['moved', 'still'], (work) => work(client));
  expect([...of]).toEqual([['still', ['soins']]]);
  expect(unknown.size).toBe(0);
});

test('where the definition gives no role, nobody has one, and the directory is not asked', async () => {
  const { of } = await readRoles({ ...domain, roles: {} }, ['x'], () => Promise.reject(new Error('asked')));
  expect([...of]).toEqual([['x', []]]);
});
