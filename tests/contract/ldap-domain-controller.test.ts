import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { openDirectory } from '../../adapters/ldap/directory.ts';
import type { Directory } from '../../src/structures/directory.ts';
import { readingOf } from '../../src/structures/reading.ts';
import { type LdapStructure, structureDefinition } from '../../src/structures/structure.ts';
import { describeWith } from '../support/jest/services.ts';
import { type OwnSamba, ownSamba } from '../support/servers/own-samba.ts';
import { domainOf } from '../support/structures/chu.ts';
import { agentDn, CHU, CHU_PEOPLE, group, PASSWORD, SERVICE } from '../support/structures/chu-staff.ts';
import { partsOf } from '../support/structures/directory-parts.ts';

describeWith('samba', 'a real Active Directory domain controller', () => {
  let dc: OwnSamba;
  let directory: Directory;
  const opened: Directory[] = [];
  const open = (connector: object = {}, secret: string = SERVICE.password, refusals = new Set<string>()) => {
    const definition = structureDefinition.parse(domainOf(dc, {}, connector));
    const one = openDirectory({ ...definition, enabled: true, version: 1 } as LdapStructure, partsOf(secret, refusals));
    opened.push(one);
    return one;
  };
  beforeAll(async () => {
    dc = await ownSamba(CHU_PEOPLE);
    directory = open();
  });
  afterAll(async () => {
    for (const one of opened) await one.close();
    await dc?.remove();
  });

  const read = async (login: string, password = PASSWORD) => {
    const found = await directory.find(login);
    return found && readingOf(found.standing, await directory.check(found, password), found.entry);
  };

  test.each([
    ['ordinaire', { password: 'right' }],
    ['bientot', { password: 'right' }],
    ['jamais', { password: 'right' }],
    ['sans-upn', { password: 'right' }],
    ['desactive', { password: 'right', refusal: 'disabled', leaves: 'disabled' }],
    ['expire', { password: 'right', refusal: 'disabled', leaves: 'expired' }],
    ['a-changer', { password: 'right', refusal: 'must-change' }],
    ['mot-de-passe-expire', { password: 'right', refusal: 'password-expired' }],
    ['hors-horaire', { password: 'right', refusal: 'not-now' }],
    ['ailleurs', { password: 'right', refusal: 'not-here' }],
    ['illisible', { password: 'right', refusal: 'unclear' }],
    ['sans-identite', { password: 'right', refusal: 'unclear' }],
  ])('%s, with the right password and with a wrong one', async (login, reading) => {
    expect(await read(login)).toEqual(reading);
    expect(await read(login, 'Un-autre-mot-de-passe')).toMatchObject({ password: 'wrong', refusal: 'wrong' });
  });

  test('five wrong passwords lock the account, and only that one; the directory says how many it counted', async () => {
    const found = await directory.find('verrouille');
    for (let time = 0; time < 5; time += 1) {
      expect(await read('verrouille', `Faux-${time}`)).toEqual({ password: 'wrong', refusal: 'wrong' });
      expect(await directory.counted(found)).toBe(time + 1);
    }
    expect(await read('verrouille')).toEqual({ password: 'not-judged', refusal: 'locked' });
    expect(await read('ordinaire')).toEqual({ password: 'right' });
    expect(await directory.counted(undefined)).toBeUndefined();
  });

  test.each([
    'ordinaire',
    'Ordinaire',
    'CHU\\ordinaire',
    'chu.test\\ordinaire',
    'ordinaire@chu.test',
    'ordinaire@CHU.TEST',
    'ordinaire@agents.chu.example',
  ])('%s is a login, as on a workstation', async (login) => {
    expect((await directory.find(login))?.dn).toBe(agentDn('ordinaire'));
  });

  test.each([
    'AUTRE\\ordinaire',
    'ordinaire@autre.test',
    'CHU\\',
    '\\ordinaire',
    'CHU\\ordin*',
    'ordin*@chu.test',
    'ordinaire@courrier.chu.example',
  ])('%s is nobody here', async (login) => {
    expect(await directory.find(login)).toBeUndefined();
  });

  test('a mail address is a login where the structure says so', async () => {
    const found = await open({ login_by_mail: true }).find('ordinaire@courrier.chu.example');
    expect(found?.dn).toBe(agentDn('ordinaire'));
  });

  test.each([SERVICE.dn, `CHU\\${SERVICE.name}`, `${SERVICE.name}@chu.test`])('bind_dn: %s', async (bind_dn) => {
    expect((await open({ bind_dn }).find('ordinaire'))?.dn).toBe(agentDn('ordinaire'));
  });

  test('a role comes through groups of groups, and where the structure wants it through direct ones alone', async () => {
    const roles = { [group('Soins')]: 'soins', [group('Urgences')]: 'urgences', [group('Acces-Mire')]: 'mire' };
    const of = async (login: string, connector = {}) => (await open({ roles, ...connector }).find(login))?.entry?.roles;
    expect(await of('par-emboitement')).toEqual(['soins', 'urgences']);
    expect(await of('ordinaire')).toEqual(['mire']);
    expect(await of('bientot')).toEqual([]);
    expect(await of('par-emboitement', { groups: { attribute: 'memberOf' } })).toEqual(['urgences']);
  });

  test('what becomes of many people at once: here, disabled, expired, unreadable, out of the filter, out of the base', async () => {
    const names = ['ordinaire', 'desactive', 'expire', 'bientot', 'illisible'];
    const ids = await Promise.all(names.map(async (name) => (await directory.find(name))?.entry?.entryId ?? ''));
    const of = async (connector = {}) => [...(await open(connector).standing(ids)).values()];
    expect(await of()).toEqual([
      { is: 'here' },
      { is: 'barred', why: 'disabled' },
      { is: 'barred', why: 'expired' },
      { is: 'here' },
      { is: 'unknown', why: 'userAccountControl cannot be read' },
    ]);
    const filtered = { login_filter: `(&(sAMAccountName={login})(memberOf=${group('Acces-Mire')}))` };
    expect((await of(filtered)).slice(0, 2)).toEqual([{ is: 'here' }, { is: 'barred', why: 'outside' }]);
    expect(await of({ base_dn: CHU.gone })).toEqual(ids.map(() => ({ is: 'gone' })));
  });

  test.each([
    ['its issuing authority', () => dc.certificate.ca],
    ["the server's own certificate", () => readFileSync(dc.certificate.certFile, 'utf8')],
  ])('ca may be %s', async (_what, ca) => {
    expect((await open({ ca: ca() }).find('ordinaire'))?.dn).toBe(agentDn('ordinaire'));
  });

  test('a wrong secret of the service account is sent once, and not again before it changes', async () => {
    const refusals = new Set<string>();
    const wrong = open({}, 'Ancien-mot-de-passe', refusals);
    for (let time = 0; time < 8; time += 1)
      await expect(wrong.find('ordinaire')).rejects.toMatchObject({ reason: 'misconfigured' });
    expect([...refusals]).toEqual(['Ancien-mot-de-passe']);
    // Another process remembers it too, and the account is not locked.
    await expect(open({}, 'Ancien-mot-de-passe', refusals).find('ordinaire')).rejects.toThrow('not sent again');
    expect((await open({}, SERVICE.password, refusals).find('ordinaire'))?.dn).toBe(agentDn('ordinaire'));
    // What works is refused no more, so that nothing goes on ringing.
    expect([...refusals]).toEqual([]);
  });
});
