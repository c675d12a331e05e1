import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { idValue, toEntry } from '../../adapters/ldap/entry.ts';
import { filled } from '../../adapters/ldap/login-filter.ts';
import { rolesAmong } from '../../adapters/ldap/roles.ts';
import { readDefinitions } from '../../src/structures/definition-file.ts';
import { type LdapConnector, ldapConnector } from '../../src/structures/ldap-connector.ts';
import { dueBefore } from '../../src/structures/nightly-check.ts';
import { oidcConnector } from '../../src/structures/oidc-connector.ts';
import { statementOf } from '../../src/structures/statement.ts';
import { type Structure, searchable, structureDefinition, withoutSecret } from '../../src/structures/structure.ts';

const documented = readFileSync(join(import.meta.dirname, '../../docs/structures.md'), 'utf8');
const yaml = /```yaml\n([\s\S]*?)```/.exec(documented)?.[1] ?? '';
const read = (path: string) => Buffer.from(path.endsWith('.pem') ? '-----BEGIN CERTIFICATE-----' : 'png');
const [chu, clinique] = readDefinitions(yaml, read);

test('the definitions of the documentation are right', () => {
  expect(chu).toMatchObject({ id: 'chu', logo: { type: 'image/png' }, connector: { kind: 'ldap', timeout: 5 } });
  expect(clinique).toMatchObject({ id: 'clinique', assurance: 'eidas2', connector: { kind: 'oidc', id_claim: 'oid' } });
});

const [french = '', english = ''] = documented.split(/^## (?:Français|English)$/m).slice(1);
const settings = [
  ...Object.keys(structureDefinition.shape),
  ...Object.keys(ldapConnector.shape),
  ...Object.keys(oidcConnector.shape),
  ...Object.keys(ldapConnector.shape.attributes.unwrap().shape),
  ...Object.keys(ldapConnector.shape.lockout.unwrap().shape),
].filter((name) => name !== 'connector');

test.each([...new Set(settings)])('the setting %s is explained in both languages', (name) => {
  const named = name === 'logo' ? '`logo' : `\`${name}`;
  for (const text of [french, english]) expect(text).toContain(named);
});

test('a secret never stands in the definition that is stored', () => {
  const given = { ...chu, connector: { ...chu?.connector, bind_password: 'very-secret' } } as NonNullable<typeof chu>;
  const { definition, secret } = withoutSecret(given);
  expect(secret).toBe('very-secret');
  expect(JSON.stringify(definition)).not.toContain('very-secret');
});

const ldap = { kind: 'ldap', servers: ['ldaps://x'], ca: '-----BEGIN CERTIFICATE-----', base_dn: 'dc=x' };
const oidc = { kind: 'oidc', issuer: 'https://a.example', client_id: 'mire' };
test.each([
  ['eidas2 by a directory', [{ id: 'a', name: 'A', assurance: 'eidas2', connector: ldap }], 'assurance'],
  ['eidas2 that nothing says', [{ id: 'a', name: 'A', assurance: 'eidas2', connector: oidc }], 'second_factor'],
  [
    'a password in clear on the network',
    [{ id: 'a', name: 'A', connector: { ...ldap, servers: ['ldap://x'] } }],
    'start_tls',
  ],
  [
    'an id that stands twice',
    [
      { id: 'a', name: 'A', connector: oidc },
      { id: 'a', name: 'A', connector: oidc },
    ],
    'twice',
  ],
  ['a secret without whose it is', [{ id: 'a', name: 'A', connector: { ...ldap, bind_password: 'x' } }], 'bind_dn'],
  ['a network that is none', [{ id: 'a', name: 'A', networks: ['10.0.0.0/99'], connector: oidc }], 'networks'],
])('%s is refused', (_name, definitions, said) => {
  expect(() => readDefinitions(JSON.stringify(definitions), read)).toThrow(said);
});

test('an objectGUID is written as Microsoft does, and looked for by its bytes', () => {
  const connector = chu?.connector as LdapConnector;
  const bytes = Buffer.from('00112233445566778899aabbccddeeff', 'hex');
  const entry = toEntry({ dn: 'CN=x', objectGUID: bytes, sn: 'Moulin' }, [], connector);
  expect(entry).toMatchObject({ entryId: '33221100-5544-7766-8899-aabbccddeeff', familyName: 'Moulin' });
  expect(idValue(entry?.entryId ?? '', connector)).toEqual(bytes);
  // Nor is somebody without one taken for somebody.
  expect(toEntry({ dn: 'CN=x', objectGUID: [], sn: 'Moulin' }, [], connector)).toBeUndefined();
});

test.each([
  ['CN=DIM,OU=groupes,DC=chu,DC=example', 'cn=dim, ou=Groupes,dc=CHU,dc=example'],
  ['CN=A\\=B,DC=x', 'cn=a\\3Db,dc=x'],
  ['CN=A\\=B,DC=x', 'CN=A=B,DC=x'],
  ['CN=Soins\\, nuit,DC=x', 'CN=Soins\\2C nuit,DC=x'],
  ['CN=Équipe,DC=x', 'CN=\\C3\\89quipe,DC=x'],
])('one group, written in two ways: %s and %s', (mine, theirs) => {
  const connector = { ...(chu?.connector as LdapConnector), roles: { [mine]: 'role' } };
  expect(rolesAmong([theirs], connector)).toEqual(['role']);
  expect(rolesAmong([`CN=other,${theirs}`, theirs.replace('x', 'y').replace('example', 'test')], connector)).toEqual(
    [],
  );
});

test('what stands in a filter is a value', () => {
  expect(filled('(uid={login})', '{login}', '*)(uid=\\$&')).toBe('(uid=\\2a\\29\\28uid=\\5c$&)');
});

test('directories hold what people typed: what is of no use is not said', () => {
  const structure = { ...chu, enabled: true, version: 1 } as Structure;
  expect(
    statementOf(structure, {
      familyName: ' Moulin ',
      email: 'not a mail',
      phone: '06 39 98 77 01',
      profession: 'infirmière',
      nationalId: '997 0000 0013',
    }),
  ).toEqual({
    source: 'structure:chu',
    familyName: 'Moulin',
    phone: '+33639987701',
    claimedNationalId: '899700000013',
  });
  expect(statementOf(structure, { nationalId: 'matricule-12' })).toEqual({ source: 'structure:chu' });
});

test('searches know neither accents nor capitals', () => {
  expect(searchable('  Hôpital Édouard-Herriot (Lyon 3ᵉ) ')).toBe('hopital edouard herriot lyon 3e');
});

test('leavers are looked for at night, and by day after a night that was missed', () => {
  const hours = (now: string) => (Date.parse(now) - dueBefore(new Date(now)).getTime()) / 3_600_000;
  // Two in the morning in Paris, in winter and in summer.
  expect(hours('2026-01-15T01:00:00Z')).toBe(4);
  expect(hours('2026-07-15T00:00:00Z')).toBe(4);
  expect(hours('2026-01-15T12:00:00Z')).toBe(30);
});
