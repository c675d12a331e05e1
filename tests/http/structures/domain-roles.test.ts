import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { Attribute, Change } from 'ldapts';
import * as client from 'openid-client';
import { demoClients } from '../../../src/sandbox/clients.ts';
import { Application, CALLBACK } from '../../support/clients/application.ts';
import { ListeningApplication } from '../../support/clients/listening-application.ts';
import { Browser } from '../../support/http/browser.ts';
import { describeWith } from '../../support/jest/services.ts';
import { type RunningMire, startMire } from '../../support/mire.ts';
import { type OwnSamba, ownSamba } from '../../support/servers/own-samba.ts';
import { auditOf } from '../../support/sign-in/steps.ts';
import { domainOf, entryIdsOf } from '../../support/structures/chu.ts';
import { agentDn, CHU_PEOPLE, crowdName, group, PASSWORD } from '../../support/structures/chu-staff.ts';
import { checkedNow } from '../../support/structures/nightly.ts';
import { addStructure, linked, signInAt } from '../../support/structures/structures.ts';

/** `Urgences` is in `Soins`: whoever is in the one is in the other. */
const ROLES = { [group('Soins')]: 'soins', [group('Acces-Mire')]: 'mire' };
const STAFF = Array.from({ length: 24 }, (_, index) => crowdName(index));

describeWith('samba', 'roles that change while people are signed in', () => {
  let dc: OwnSamba;
  let mire: RunningMire;
  let told: ListeningApplication;
  let application: Application;
  const accounts = new Map<string, string>();
  beforeAll(async () => {
    dc = await ownSamba(CHU_PEOPLE);
    told = await ListeningApplication.start();
    const listening = {
      client_id: 'dossier',
      client_secret: 'dossier-sandbox-secret',
      redirect_uris: [CALLBACK],
      grant_types: ['authorization_code', 'refresh_token'],
      scope: 'openid offline_access structure',
      first_party: true,
      minimum_acr: 'eidas1' as const,
      backchannel_logout_uri: told.uri,
      backchannel_logout_session_required: true,
    };
    mire = await startMire({ added: { clients: [...demoClients('http://localhost'), listening] } });
    await addStructure(mire, domainOf(dc, {}, { roles: ROLES }));
    application = await Application.discover(mire.issuer, 'dossier');
    const ids = await entryIdsOf(mire, STAFF);
    for (const [index, name] of STAFF.entries()) accounts.set(name, await linked(mire, 'chu', ids[index] ?? '', name));
  });
  beforeEach(() => {
    told.tokens.length = 0;
  });
  afterAll(async () => {
    await mire?.close();
    await told?.stop();
    await dc?.remove();
  });

  const member = (operation: 'add' | 'delete', where: string, names: readonly string[]) =>
    dc.administer((one) =>
      one.modify(group(where), [
        new Change({ operation, modification: new Attribute({ type: 'member', values: names.map(agentDn) }) }),
      ]),
    );
  const signIn = async (name: string) => {
    const browser = new Browser(mire.issuer);
    const started = await application.start({ scope: 'openid offline_access structure', prompt: 'consent' });
    await browser.get(started.url);
    await signInAt(browser, 'chu', { uid: name, password: PASSWORD });
    const back = await browser.submit({ decision: 'accept' }, '/consent');
    return { browser, tokens: await started.finish(back.url) };
  };
  type Signed = Awaited<ReturnType<typeof signIn>>;
  const userinfo = async ({ tokens }: Signed, name: string): Promise<unknown> => {
    const answer = await client.fetchUserInfo(application.configuration, tokens.access_token, accounts.get(name) ?? '');
    return (answer.structure as { roles: unknown }).roles;
  };
  const refreshed = ({ tokens }: Signed) =>
    client.refreshTokenGrant(application.configuration, tokens.refresh_token ?? '');
  const sessions = async (name: string) =>
    (await mire.sandbox.parts.storage.signIns.sessionsOf(accounts.get(name) ?? '')).length;
  const changes = async (name: string) =>
    (await auditOf(mire, 'structure.roles-changed'))
      .filter(({ account_id }) => account_id === accounts.get(name))
      .map(({ details }) => details);

  test('a role that the night took away stayed in the tokens until the next sign-in', async () => {
    const [loses = '', stays = ''] = STAFF;
    await member('add', 'Urgences', [loses, stays]);
    const lost = await signIn(loses);
    const kept = await signIn(stays);
    expect(await userinfo(lost, loses)).toEqual(['mire', 'soins']);
    await member('delete', 'Urgences', [loses]);
    expect(await checkedNow(mire)).toMatchObject({ left: 0, roles: 1, doubtful: false });
    // Nothing that says the former roles is worth anything, and the application is told.
    expect(await sessions(loses)).toBe(0);
    await expect(userinfo(lost, loses)).rejects.toThrow();
    await expect(refreshed(lost)).rejects.toMatchObject({ error: 'invalid_grant' });
    await told.until(({ tokens }) => tokens.length === 1);
    expect(await changes(loses)).toEqual([{ structure: 'chu', lost: ['soins'], gained: [] }]);
    // They may come back at once, with what is true now; the other one noticed nothing.
    expect(await userinfo(await signIn(loses), loses)).toEqual(['mire']);
    expect([await sessions(stays), await userinfo(kept, stays)]).toEqual([1, ['mire', 'soins']]);
    expect(await checkedNow(mire)).toMatchObject({ roles: 0 });
  });

  test('a role that the night gave is there at the next UserInfo and the next refresh, and nobody signs in again', async () => {
    const name = STAFF[2] ?? '';
    const signed = await signIn(name);
    expect(await userinfo(signed, name)).toEqual([]);
    await member('add', 'Urgences', [name]);
    expect(await checkedNow(mire)).toMatchObject({ roles: 1 });
    expect(await userinfo(signed, name)).toEqual(['soins']);
    const again = await refreshed(signed);
    expect(await userinfo({ ...signed, tokens: { ...signed.tokens, ...again } } as Signed, name)).toEqual(['soins']);
    expect([await sessions(name), told.tokens.length]).toEqual([1, 0]);
    expect(await changes(name)).toEqual([{ structure: 'chu', lost: [], gained: ['soins'] }]);
  });

  test('a refresh token that outlived its session kept the role, and outlived its leaver', async () => {
    const [loses = '', leaves = ''] = STAFF.slice(3, 5);
    await member('add', 'Urgences', [loses, leaves]);
    const pair = [await signIn(loses), await signIn(leaves)];
    for (const { browser } of pair) {
      await browser.get(`${mire.issuer}/logout`);
      await browser.submit({ logout: 'yes' }, '/logout/confirm');
    }
    expect([await sessions(loses), await sessions(leaves)]).toEqual([0, 0]);
    const alive = await Promise.all(pair.map(refreshed));
    await member('delete', 'Urgences', [loses]);
    await dc.change(agentDn(leaves), { userAccountControl: '514' });
    expect(await checkedNow(mire)).toMatchObject({ left: 1, roles: 1 });
    for (const { refresh_token } of alive)
      await expect(client.refreshTokenGrant(application.configuration, refresh_token ?? '')).rejects.toMatchObject({
        error: 'invalid_grant',
      });
  });

  test('a group that cannot be read any more takes no role from those who are signed in, and gives none', async () => {
    const [has = '', comes = ''] = STAFF.slice(5, 7);
    await member('add', 'Urgences', [has]);
    const signed = await signIn(has);
    const other = await signIn(comes);
    await dc.administer((one) => one.modifyDN(group('Soins'), `CN=Soins-bis,${group('x').slice(5)}`));
    await member('add', 'Urgences', [comes]);
    expect(await checkedNow(mire)).toMatchObject({ roles: 0, doubtful: false });
    expect([await userinfo(signed, has), await userinfo(other, comes)]).toEqual([['soins'], []]);
    expect(mire.logs.filter((line) => line.includes('groups of some roles cannot be read')).length).toBeGreaterThan(0);
    await dc.administer((one) => one.modifyDN(`CN=Soins-bis,${group('x').slice(5)}`, group('Soins')));
    expect(await checkedNow(mire)).toMatchObject({ roles: 1 });
    expect(await userinfo(other, comes)).toEqual(['soins']);
  });

  test('a directory that takes the roles of most people at once is not believed; the definition is', async () => {
    const many = STAFF.slice(8, 20);
    await member('add', 'Urgences', many);
    for (const name of many) await signIn(name);
    await member('delete', 'Urgences', many);
    expect(await checkedNow(mire)).toMatchObject({ roles: 0, doubtful: true });
    expect(await sessions(many[0] ?? '')).toBe(1);
    const [state] = await mire.sandbox.parts.storage.structures.checks();
    expect(state?.failure).toContain('too few of their roles');
    await addStructure(mire, domainOf(dc, {}, { roles: { [group('Acces-Mire')]: 'mire' } }));
    expect(await checkedNow(mire)).toMatchObject({ doubtful: false });
    expect(await sessions(many[0] ?? '')).toBe(0);
  });
});
