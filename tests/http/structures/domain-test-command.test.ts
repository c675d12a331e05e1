import { X509Certificate } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { stringify } from 'yaml';
import { shown } from '../../../src/main/structure-commands.ts';
import { openDirectories } from '../../../src/main/structures.ts';
import type { LdapStructure } from '../../../src/structures/structure.ts';
import { describeWith } from '../../support/jest/services.ts';
import { type RunningMire, startMire, testSecrets } from '../../support/mire.ts';
import { typedCommand } from '../../support/mire-command.ts';
import { type OwnSamba, ownSamba } from '../../support/servers/own-samba.ts';
import { ownDirectory } from '../../support/servers/own-server.ts';
import { tlsAuthority } from '../../support/servers/tls-authority.ts';
import { domainOf, entryIdsOf } from '../../support/structures/chu.ts';
import { agentDn, CHU_PEOPLE, crowdName, fileTime, group, SERVICE } from '../../support/structures/chu-staff.ts';
import { addStructure, linked } from '../../support/structures/structures.ts';

describeWith('samba', 'mire structures test, on a domain', () => {
  const secrets = testSecrets();
  let dc: OwnSamba;
  let mire: RunningMire;
  let folder: Awaited<ReturnType<typeof ownDirectory>>;
  beforeAll(async () => {
    dc = await ownSamba(CHU_PEOPLE);
    mire = await startMire({ env: secrets });
    folder = await ownDirectory();
  });
  afterAll(async () => {
    await mire?.close();
    await dc?.remove();
    await folder?.remove();
  });

  const said = async (connector: object = {}, login?: string): Promise<string> => {
    await addStructure(mire, domainOf(dc, {}, connector));
    const directories = openDirectories(mire.sandbox.parts);
    try {
      const structure = (await mire.sandbox.parts.storage.structures.byId('chu')) as LdapStructure;
      return (await (await directories.of(structure)).diagnose(login)).map(shown).join('\n');
    } finally {
      await directories.close();
    }
  };

  test('a service account that was disabled, expired, to be changed or wrongly known were one and the same error', async () => {
    const of = async (values: Record<string, string>, back: Record<string, string>) => {
      await dc.change(SERVICE.dn, values);
      try {
        return await said();
      } finally {
        await dc.change(SERVICE.dn, back);
      }
    };
    const never = '9223372036854775807';
    const normal = { userAccountControl: '66048', accountExpires: never };
    expect(await of({ userAccountControl: '66050' }, normal)).toMatch(/WRONG bind .*disabled/);
    expect(await of({ accountExpires: fileTime(new Date(0)) }, normal)).toMatch(/WRONG bind .*date of expiry/);
    expect(await of({ userAccountControl: '512', pwdLastSet: '0' }, { ...normal, pwdLastSet: '-1' })).toMatch(
      /WRONG bind .*must change password at next logon/,
    );
    expect(await said({ bind_password: 'Un-autre-secret' })).toMatch(/WRONG bind .*unknown, or its password is wrong/);
    expect(await said()).toContain(`ok    bind ${dc.ldaps}: ${SERVICE.dn}`);
    expect(await said()).toContain('the password of the service account never expires');
  });

  test.each([
    ['ordinaire', 'may sign in'],
    ['desactive', 'may not sign in: disabled'],
    ['expire', 'may not sign in: expired'],
    ['a-changer', 'the password must be changed at the next logon'],
    ['mot-de-passe-expire', 'the password has expired'],
    ['illisible', 'userAccountControl cannot be read on 1 of the 1'],
    ['sans-identite', 'objectGUID (id_attribute) is not on every entry'],
    ['personne', 'no entry under'],
  ])('nothing was said of the state of %s', async (login, words) => {
    expect(await said({}, login)).toContain(words);
  });

  test('of a locked account, and of the wrong passwords that the directory holds against it', async () => {
    const name = crowdName(40);
    for (let time = 0; time < 5; time += 1)
      await dc.administer((client) => client.bind(agentDn(name), `Faux-${time}`)).catch(() => undefined);
    expect(await said({}, name)).toContain('the account is locked after wrong passwords');
    expect(await said({}, name)).toContain('5 wrong passwords since the last right one');
  });

  test('nor of the roles of a person, and of what is dropped of what the directory says', async () => {
    const connector = {
      roles: { [group('Soins')]: 'soins' },
      attributes: { profession: 'title', email: 'mail', phone: 'telephoneNumber' },
    };
    expect(await said(connector, 'par-emboitement')).toContain('roles: soins');
    const ordinary = await said(connector, 'ordinaire');
    expect(ordinary).toContain('WRONG attribute: profession: "Infirmier" is not of the right form, and is left out');
    expect(ordinary).toContain('WRONG attribute: phone');
    expect(ordinary).toContain('ok    attribute: email: ordinaire@courrier.chu.example');
  });

  test("the domain's own lockout stands beside ours, and its name beside those that people may write", async () => {
    expect(await said()).toContain('ok    lockout: the domain locks after 5 wrong passwords within 30 minutes, for 30');
    expect(await said({ lockout: { attempts: 10, minutes: 5 } })).toContain(
      'write lockout: { attempts: 5, minutes: 30 }',
    );
    expect(await said()).toContain('people may write CHU\\user');
  });

  test('a certificate of an authority that is not the pinned one: what to do is said', async () => {
    expect(await said({ ca: tlsAuthority(folder.path, 'other').ca })).toContain(
      'ca_file must hold the authority that issued it, or this very certificate',
    );
  });

  test('an authority exported as a domain does, in DER, is taken; what holds no certificate is said', async () => {
    const der = join(folder.path, 'ca.cer');
    await writeFile(der, new X509Certificate(dc.certificate.ca).raw);
    await writeFile(join(folder.path, 'ca.p7b'), '-----BEGIN PKCS7-----\nx\n-----END PKCS7-----\n');
    const { ca, ...connector } = domainOf(dc).connector;
    const file = async (name: string, caFile: string) => {
      const path = join(folder.path, name);
      await writeFile(
        path,
        stringify({ ...domainOf(dc, { id: 'der' }), connector: { ...connector, ca_file: caFile } }),
      );
      return path;
    };
    const environment = { DATABASE_URL: mire.database.url, ...secrets };
    const add = async (path: string) => typedCommand(['structures', 'add', path], environment);
    expect(JSON.parse((await add(await file('der.yaml', 'ca.cer'))).out)).toEqual({ der: 'added' });
    expect((await add(await file('p7b.yaml', 'ca.p7b'))).err).toContain('not as PKCS #7');
    const told = await typedCommand(['structures', 'test', 'der', '--login', 'ordinaire', '--json'], environment);
    expect(JSON.parse(told.out)).toContainEqual({
      step: 'login',
      ok: true,
      said: `${agentDn('ordinaire')} may sign in`,
    });
  });

  test('check with the directory down was a stack trace', async () => {
    await addStructure(mire, domainOf(dc));
    const [id = ''] = await entryIdsOf(mire, ['ordinaire']);
    await linked(mire, 'chu', id);
    await dc.server.stop();
    const told = await typedCommand(['structures', 'check', 'chu'], { DATABASE_URL: mire.database.url, ...secrets });
    expect(told.code).toBe(1);
    expect(told.err).toContain('Nobody was looked for');
    expect(told.err).not.toContain('    at ');
    await dc.server.start();
  });
});
