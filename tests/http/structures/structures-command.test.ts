import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { stringify } from 'yaml';
import { shown } from '../../../src/main/structure-commands.ts';
import { openDirectories } from '../../../src/main/structures.ts';
import type { LdapStructure } from '../../../src/structures/structure.ts';
import { Application } from '../../support/clients/application.ts';
import { Browser } from '../../support/http/browser.ts';
import { describeWith } from '../../support/jest/services.ts';
import { type RunningMire, startMire, testSecrets } from '../../support/mire.ts';
import { mireCommand, typedCommand } from '../../support/mire-command.ts';
import { ownDirectory } from '../../support/servers/own-server.ts';
import { type OwnSlapd, ownSlapd, READER } from '../../support/servers/own-slapd.ts';
import { addStructure, entryIdOf, hospital, linked, NURSE, signInAt } from '../../support/structures/structures.ts';

describeWith('slapd', 'the command line keeps the structures of a service that runs', () => {
  const secrets = testSecrets();
  let slapd: OwnSlapd;
  let mire: RunningMire;
  let folder: Awaited<ReturnType<typeof ownDirectory>>;
  beforeAll(async () => {
    slapd = await ownSlapd([NURSE]);
    mire = await startMire({ env: secrets });
    folder = await ownDirectory();
  });
  afterAll(async () => {
    await mire?.close();
    await slapd?.remove();
    await folder?.remove();
  });

  const environment = () => ({ DATABASE_URL: mire.database.url, ...secrets });
  const command = (...args: string[]) => mireCommand(['structures', ...args], environment());
  const file = async (name: string, content: unknown) => {
    const path = join(folder.path, name);
    await writeFile(path, typeof content === 'string' ? content : stringify(content));
    return path;
  };
  const inFiles = (changes: Record<string, unknown> = {}, connector: object = {}) => {
    const { connector: all, ...rest } = hospital(slapd, changes, connector);
    const { ca, bind_password, ...more } = all as Record<string, unknown>;
    return { ...rest, connector: { ...more, ca_file: 'ca.pem', bind_password_file: join(folder.path, 'secret') } };
  };

  test('a wrong file says everything that is wrong in it, by its place, and changes nothing', async () => {
    await writeFile(join(folder.path, 'ca.pem'), slapd.certificate.ca);
    await writeFile(join(folder.path, 'secret'), `${READER.password}\n`);
    const path = await file('wrong.yaml', [
      inFiles({ id: 'Not An Id', finess: '12' }, { servers: ['ldap://directory.example'], timeout: 90 }),
      inFiles({ id: 'strong', assurance: 'eidas2' }, { login_filter: '(uid=x)', colour: 'blue' }),
      { ...inFiles({ id: 'lost' }), logo_file: 'nowhere.png' },
    ]);
    const { code, err } = await command('add', path);
    expect(code).toBe(1);
    for (const words of [
      'id: must be',
      'finess: must be 9',
      'timeout',
      'login_filter: must contain {login}',
      'colour',
      'lost:',
    ])
      expect(err).toContain(words);
    expect(err).not.toContain(READER.password);
    expect(await command('add', await file('no.yaml', '{ a: [')).then(({ err: said }) => said)).toContain(
      'neither YAML',
    );
    expect(JSON.parse((await command('list')).out)).toEqual([]);
  });

  test('add, list, test, export, disable, enable; the definition that is exported can be added again', async () => {
    const path = await file('right.yaml', { structures: [inFiles()] });
    expect(JSON.parse((await command('add', path)).out)).toEqual({ chu: 'added' });
    expect(JSON.parse((await command('add', path)).out)).toEqual({ chu: 'unchanged' });
    expect(JSON.parse((await command('list')).out)).toEqual([
      expect.objectContaining({
        id: 'chu',
        finess: '690000001',
        connector: 'ldap',
        assurance: 'eidas1',
        enabled: true,
      }),
    ]);
    const tested = await typedCommand(['structures', 'test', 'chu', '--login', NURSE.uid], environment());
    expect(tested.out).toContain('ok    filter: 1 found');
    // The role's group does not exist in this directory: said, and nothing else is wrong.
    expect(tested.out.split('\n').filter((line) => line.startsWith('WRONG'))).toEqual([
      expect.stringContaining('WRONG groups: CN=DIM'),
    ]);
    expect(tested.code).toBe(1);
    const exported = await command('export', 'chu');
    expect(exported.out).not.toContain(READER.password);
    expect(JSON.parse((await command('add', await file('again.yaml', exported.out))).out)).toEqual({
      chu: 'unchanged',
    });
    expect(JSON.parse((await command('disable', 'chu')).out)).toEqual({
      disabled: 'chu',
      changed: true,
      signedOut: 0,
    });
    expect(JSON.parse((await command('enable', 'chu')).out)).toEqual({ enabled: 'chu', changed: true });
    expect((await command('disable', 'nowhere')).err).toContain('No structure is called nowhere');
  });

  test.each([
    ['dns', () => ({ servers: ['ldaps://no-such-host.invalid'] }), 'WRONG dns'],
    ['tcp', () => ({ servers: ['ldaps://127.0.0.1:9'] }), 'WRONG tcp ldaps://127.0.0.1:9: ECONNREFUSED'],
    ['tls', () => ({ servers: [slapd.ldaps.replace('127.0.0.1', 'localhost.localdomain')] }), 'WRONG'],
    ['bind', () => ({ bind_dn: 'cn=nobody,dc=hopital,dc=example' }), 'WRONG bind'],
    ['base', () => ({ base_dn: 'ou=nowhere,dc=hopital,dc=example' }), 'WRONG filter: ou=nowhere'],
    ['filter', () => ({ login_filter: '(uid={login}' }), 'WRONG filter'],
    ['no match', () => ({ login_filter: '(&(objectClass=device)(uid={login}))' }), 'no entry under'],
    ['attribute', () => ({ id_attribute: 'carLicense' }), 'carLicense (id_attribute) is not on every entry'],
    ['names', () => ({ attributes: { family_name: 'telexNumber' } }), 'telexNumber (family_name)'],
    ['secret', () => ({ bind_password_file: join(folder.path, 'no-such-file') }), 'WRONG secret'],
  ])('test says what is wrong: %s', async (name, connector, said) => {
    const id = name.replace(' ', '-');
    const { ca_file, ...rest } = inFiles({}).connector as Record<string, unknown>;
    const definition = {
      ...inFiles({ id }),
      connector: { ...rest, ca: slapd.certificate.ca, roles: {}, ...connector() },
    };
    await addStructure(mire, definition);
    const directories = openDirectories(mire.sandbox.parts);
    const structure = (await mire.sandbox.parts.storage.structures.byId(id)) as LdapStructure;
    const findings = await (await directories.of(structure)).diagnose();
    await directories.close();
    expect(findings.map(shown).join('\n')).toContain(said);
    expect(findings.some(({ ok }) => !ok)).toBe(true);
  });

  test("the structure's administrator gets its own people's sign-ins: entries, never names or passwords", async () => {
    const entryId = await entryIdOf(slapd, NURSE.uid);
    await linked(mire, 'chu', entryId, 'Moulin');
    const application = await Application.discover(mire.issuer, 'ror');
    const browser = new Browser(mire.issuer);
    await browser.get((await application.start()).url);
    await signInAt(browser, 'chu', { uid: NURSE.uid, password: 'wrong' });
    await signInAt(browser, 'chu', NURSE);
    const { out } = await command('sign-ins', 'chu', '--days', '1');
    const lines = out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, string>);
    expect(lines.filter(({ event }) => event?.startsWith('sign-in.'))).toEqual([
      expect.objectContaining({
        event: 'sign-in.structure-refused',
        entry: entryId,
        reason: 'wrong',
        application: 'ror',
      }),
      expect.objectContaining({ event: 'sign-in.structure-accepted', entry: entryId }),
      expect.objectContaining({ event: 'sign-in.succeeded', entry: entryId, acr: 'eidas1' }),
    ]);
    expect(out).not.toContain('Moulin');
    await rm(join(folder.path, 'secret'));
    // The password is read where it is: without its file nobody is let in, and the page says whose fault it is not.
    const { parts } = mire.sandbox;
    await parts.storage.structures.setEnabled('chu', false);
    await parts.storage.structures.setEnabled('chu', true);
    await browser.get((await application.start({ prompt: 'login' })).url);
    expect((await signInAt(browser, 'chu', NURSE)).status).toBe(502);
  });
});
