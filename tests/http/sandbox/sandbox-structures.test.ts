import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { openDirectories } from '../../../src/main/structures.ts';
import { CLINIC_STAFF, HOSPITAL_STAFF } from '../../../src/sandbox/hospital/people.ts';
import type { LdapStructure } from '../../../src/structures/structure.ts';
import { Application } from '../../support/clients/application.ts';
import { Browser } from '../../support/http/browser.ts';
import { type RunningMire, startMire } from '../../support/mire.ts';
import { signInAtClinic } from '../../support/structures/clinic.ts';
import { signInAt } from '../../support/structures/structures.ts';

describe('the simulated hospitals of the sandbox', () => {
  let mire: RunningMire;
  let ror: Application;
  beforeAll(async () => {
    mire = await startMire({ structures: true });
    ror = await Application.discover(mire.issuer, 'ror');
  });
  afterAll(() => mire.close());

  const subOf = async (persona: string) =>
    (await mire.sandbox.parts.storage.accounts.byLoginKey(persona))?.account.id ?? persona;

  test('the page of the sandbox lists them, with the accounts of their staff', async () => {
    const { page } = await new Browser(mire.issuer).get('/sandbox');
    for (const { login } of [...HOSPITAL_STAFF, ...CLINIC_STAFF]) expect(page.text).toContain(login);
    const people = (await (await fetch(`${mire.issuer}/sandbox/personas.json`)).json()) as {
      id: string;
      modes: string[];
    }[];
    expect(people.filter(({ modes }) => modes.includes('compte-local')).map(({ id }) => id)).toEqual([
      'mdurand',
      'kbenali',
    ]);
  });

  test('a persona signs in with the directory, another with the provider, and somebody new signs up', async () => {
    const [marie, newcomer] = HOSPITAL_STAFF;
    const [karim] = CLINIC_STAFF;
    if (!marie || !newcomer || !karim) throw new Error('nobody works there');
    const browser = new Browser(mire.issuer);
    const started = await ror.start({ scope: 'openid structure' });
    await browser.get(started.url);
    const back = await signInAt(browser, 'hopital-fictif', { uid: marie.login, password: marie.password });
    expect((await started.finish(back.url)).claims()?.sub).toBe(await subOf('mdurand'));

    const second = new Browser(mire.issuer);
    const structure = await mire.sandbox.parts.storage.structures.byId('clinique-fictive');
    if (structure?.connector.kind !== 'oidc') throw new Error('no provider');
    second.also.add(new URL(structure.connector.issuer).origin);
    const again = await ror.start({ scope: 'openid structure' });
    await second.get(again.url);
    const end = await signInAtClinic(second, 'clinique-fictive', karim, 'two');
    expect((await again.finish(end.url)).claims()).toMatchObject({ sub: await subOf('kbenali'), acr: 'eidas2' });

    const third = new Browser(mire.issuer);
    await third.get((await ror.start()).url);
    const wrong = await signInAt(third, 'hopital-fictif', { uid: newcomer.login, password: 'wrong' });
    expect(wrong.status).toBe(401);
    const page = await third.submit({ login: newcomer.login, password: newcomer.password });
    expect(page.url.pathname).toMatch(/\/signup$/);
  });

  test('the simulated directory answers what a real one does', async () => {
    const directories = openDirectories(mire.sandbox.parts);
    const structure = (await mire.sandbox.parts.storage.structures.byId('hopital-fictif')) as LdapStructure;
    const directory = await directories.of(structure);
    const [marie] = HOSPITAL_STAFF;
    expect(await directory.find(marie?.login ?? '')).toMatchObject({
      entry: { entryId: marie?.entryId, roles: ['dim'] },
    });
    expect(await directory.find('*')).toBeUndefined();
    expect([...(await directory.standing([marie?.entryId ?? '', 'x']))]).toEqual([
      [marie?.entryId, { is: 'here' }],
      ['x', { is: 'gone' }],
    ]);
    await directories.close();
  });
});
