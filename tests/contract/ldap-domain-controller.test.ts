import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { openDirectory } from '../../adapters/ldap/directory.ts';
import { createLog } from '../../src/log.ts';
import type { Directory } from '../../src/structures/directory.ts';
import { type LdapStructure, structureDefinition } from '../../src/structures/structure.ts';
import { describeWith } from '../support/jest/services.ts';
import { type OwnSamba, ownSamba } from '../support/servers/own-samba.ts';
import { domainOf } from '../support/structures/chu.ts';
import { CHU_PEOPLE, PASSWORD, SERVICE } from '../support/structures/chu-staff.ts';

describeWith('samba', 'a real Active Directory domain controller', () => {
  let dc: OwnSamba;
  let directory: Directory;
  beforeAll(async () => {
    dc = await ownSamba(CHU_PEOPLE);
    const structure = { ...structureDefinition.parse(domainOf(dc)), enabled: true, version: 1 } as LdapStructure;
    directory = openDirectory(structure, () => SERVICE.password, createLog('silent'));
  });
  afterAll(async () => {
    await directory?.close();
    await dc?.remove();
  });

  test.each([
    ['ordinaire', undefined],
    ['desactive', 'disabled'],
    ['expire', 'disabled'],
    ['bientot', undefined],
    ['jamais', undefined],
    ['a-changer', 'must-change'],
    ['mot-de-passe-expire', 'password-expired'],
    ['hors-horaire', 'not-now'],
    ['ailleurs', 'not-now'],
  ])('%s, with the right password: %s', async (login, refusal) => {
    const entry = await directory.find(login);
    expect(await directory.check(entry, PASSWORD)).toBe(refusal);
  });

  test('five wrong passwords lock the account, and only those of it', async () => {
    const entry = await directory.find('verrouille');
    for (let time = 0; time < 5; time += 1) expect(await directory.check(entry, `Faux-${time}`)).toBe('wrong');
    expect(await directory.check(entry, PASSWORD)).toBe('locked');
    expect(await directory.check(await directory.find('ordinaire'), PASSWORD)).toBeUndefined();
  });
});
