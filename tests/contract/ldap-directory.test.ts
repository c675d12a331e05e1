import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { openDirectory } from '../../adapters/ldap/directory.ts';
import { type Directory, DirectoryDown } from '../../src/structures/directory.ts';
import { readingOf } from '../../src/structures/reading.ts';
import { type LdapStructure, structureDefinition } from '../../src/structures/structure.ts';
import { describeWith } from '../support/jest/services.ts';
import { dnOf, GROUPS, type OwnSlapd, ownSlapd, READER } from '../support/servers/own-slapd.ts';
import { partsOf } from '../support/structures/directory-parts.ts';
import { DOCTOR, hospital, NURSE, RETIRED } from '../support/structures/structures.ts';

const WRONG = { password: 'wrong', refusal: 'wrong' };

describeWith('slapd', 'a real OpenLDAP of 2,000 entries', () => {
  let slapd: OwnSlapd;
  const opened: Directory[] = [];
  const open = (connector: object = {}, secret: string = READER.password): Directory => {
    const definition = structureDefinition.parse(hospital(slapd, {}, connector));
    const directory = openDirectory({ ...definition, enabled: true, version: 1 } as LdapStructure, partsOf(secret));
    opened.push(directory);
    return directory;
  };
  beforeAll(async () => {
    slapd = await ownSlapd([NURSE, DOCTOR, RETIRED], { dim: [NURSE.uid, DOCTOR.uid], bloc: [DOCTOR.uid] }, 2000);
  });
  afterAll(async () => {
    for (const directory of opened) await directory.close();
    await slapd?.remove();
  });

  test.each([
    ['LDAPS', () => ({})],
    ['StartTLS', () => ({ servers: [slapd.ldap], start_tls: true })],
  ])('over %s: who it is, with roles, and the right password alone', async (_name, connector) => {
    const directory = open(connector());
    const entry = await directory.find(NURSE.uid);
    expect(entry?.dn).toBe(dnOf(NURSE.uid));
    expect(entry?.standing).toEqual({ is: 'here' });
    expect(entry?.entry).toMatchObject({
      familyName: 'Moulin',
      givenName: 'Lucie',
      email: 'lucie.moulin@hopital.example',
      phone: '06 39 98 77 01',
      nationalId: '99700000012',
      roles: ['dim'],
    });
    expect(entry?.entry?.entryId).toMatch(/^[0-9a-f-]{36}$/);
    expect(await directory.check(entry, NURSE.password)).toEqual({ password: 'right', sent: 1 });
    expect(await directory.check(entry, DOCTOR.password)).toEqual({ ...WRONG, sent: 1 });
    // RFC 4513 §5.1.2: the directory itself would answer "success".
    expect(await directory.check(entry, '')).toEqual({ ...WRONG, sent: 0 });
    expect(await directory.check(undefined, NURSE.password)).toEqual({ ...WRONG, sent: 1 });
    expect((await directory.find('agent1999'))?.entry?.familyName).toBe('Numero1999');
  });

  test('groups are read on the entry, or looked for by who is in them', async () => {
    const roles = { [`cn=dim,${GROUPS}`]: 'dim', [`cn=bloc,${GROUPS}`]: 'bloc' };
    const byAttribute = await open({ roles }).find(DOCTOR.uid);
    const bySearch = await open({ roles, groups: { base_dn: GROUPS } }).find(DOCTOR.uid);
    expect(byAttribute?.entry?.roles).toEqual(['bloc', 'dim']);
    expect(bySearch?.entry?.roles).toEqual(['bloc', 'dim']);
  });

  test('a marked entry is disabled, and only to who knows its password', async () => {
    const directory = open();
    const entry = await directory.find(RETIRED.uid);
    expect(entry?.standing).toEqual({ is: 'barred', why: 'disabled' });
    const told = async (password: string) =>
      entry && readingOf(entry.standing, await directory.check(entry, password), entry.entry).refusal;
    expect(await told(RETIRED.password)).toBe('disabled');
    expect(await told('something-else')).toBe('wrong');
  });

  test('an entry that is renamed keeps its id, and its old name finds nobody', async () => {
    const directory = open();
    const before = await directory.find('agent7');
    await slapd.administer((client) => client.modifyDN(dnOf('agent7'), 'uid=agent7-epouse'));
    expect(await directory.find('agent7')).toBeUndefined();
    expect((await directory.find('agent7-epouse'))?.entry?.entryId).toBe(before?.entry?.entryId);
    const gone = '00000000-0000-4000-8000-000000000000';
    const retired = await directory.find(RETIRED.uid);
    const ids = [before?.entry?.entryId ?? '', gone, retired?.entry?.entryId ?? ''];
    expect([...(await directory.standing(ids)).values()]).toEqual([
      { is: 'here' },
      { is: 'gone' },
      { is: 'barred', why: 'disabled' },
    ]);
  });

  test('everybody is looked for in a few searches', async () => {
    // Nothing stands in front of it here: all of them ask at once.
    const directory = open({ timeout: 20 });
    const found = await Promise.all(Array.from({ length: 150 }, (_, index) => directory.find(`agent${index + 100}`)));
    const ids = found.map((one) => one?.entry?.entryId ?? '');
    expect(new Set(ids).size).toBe(150);
    expect([...(await directory.standing(ids)).values()]).toEqual(ids.map(() => ({ is: 'here' })));
  });

  test.each([
    '*',
    'l.moulin*',
    '*)(uid=*',
    'l.moulin)(|(uid=*',
    'l.moulin))(|(uid=*',
    '*)(objectClass=*))(&(uid=l.moulin',
    '\\2a',
    '\\',
    'l.moulin\\00',
    '(uid=l.moulin)',
    ')(cn=*',
    '&',
    '|',
    '!(uid=x)',
    'l.moulin,ou=people',
    '../l.moulin',
    '" or 1=1 --',
    '$&',
    '{login}',
    'é*',
    'x'.repeat(254),
    '\u202el.moulin',
  ])('a login is a name and never a filter: %s', async (login) => {
    const directory = open();
    expect(await directory.find(login)).toBeUndefined();
    // And the connection is as good as before.
    expect((await directory.find(NURSE.uid))?.entry?.familyName).toBe('Moulin');
  });

  test('another authority than the pinned one is not trusted, and hears no password', async () => {
    const other = await ownSlapd([NURSE]);
    try {
      const directory = open({ servers: [other.ldaps] });
      await expect(directory.find(NURSE.uid)).rejects.toMatchObject({ name: 'DirectoryDown', reason: 'untrusted' });
      // One that is the right one behind it is enough.
      expect((await open({ servers: [other.ldaps, slapd.ldaps] }).find(NURSE.uid))?.entry?.familyName).toBe('Moulin');
    } finally {
      await other.remove();
    }
  });

  test('the next server answers for one that is down', async () => {
    const directory = open({ servers: ['ldaps://127.0.0.1:9', slapd.ldaps] });
    const entry = await directory.find(NURSE.uid);
    expect(await directory.check(entry, NURSE.password)).toEqual({ password: 'right', sent: 1 });
  });

  test('a connection that the server let go of is replaced unseen', async () => {
    const directory = open();
    const entry = await directory.find(NURSE.uid);
    await slapd.server.stop();
    await expect(directory.find(NURSE.uid)).rejects.toThrow(DirectoryDown);
    await slapd.server.start();
    expect((await directory.find(NURSE.uid))?.entry?.entryId).toBe(entry?.entry?.entryId);
  });
});
