import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Attribute, Change } from 'ldapts';
import { openDirectories } from '../../../src/main/structures.ts';
import { createLeavers } from '../../../src/structures/leavers.ts';
import {
  askForChecks,
  checkNow,
  checkStructure,
  type StructureCheckJob,
} from '../../../src/structures/nightly-check.ts';
import type { LdapStructure } from '../../../src/structures/structure.ts';
import { Application } from '../../support/clients/application.ts';
import { Browser } from '../../support/http/browser.ts';
import { describeWith } from '../../support/jest/services.ts';
import { type RunningMire, startMire } from '../../support/mire.ts';
import { type OwnSamba, ownSamba } from '../../support/servers/own-samba.ts';
import { auditOf } from '../../support/sign-in/steps.ts';
import { domainOf, entryIdsOf } from '../../support/structures/chu.ts';
import { agentDn, CHU, CHU_PEOPLE, crowdName, fileTime, group, PASSWORD } from '../../support/structures/chu-staff.ts';
import { addStructure, linked, signInAt } from '../../support/structures/structures.ts';

const HOUR = 3_600_000;
const NIGHT = new Date('2027-01-15T01:00:00Z');
/** Only those whom the group names are let in. */
const FILTERED = {
  login_filter: `(&(sAMAccountName={login})(memberOf=${group('Acces-Mire')}))`,
};
const STAFF = Array.from({ length: 14 }, (_, index) => crowdName(index));

describeWith('samba', 'people who leave a hospital whose directory is a domain', () => {
  let dc: OwnSamba;
  let mire: RunningMire;
  let ror: Application;
  const accounts = new Map<string, string>();
  beforeAll(async () => {
    dc = await ownSamba(CHU_PEOPLE);
    mire = await startMire();
    await dc.change(group('Acces-Mire'), { member: undefined });
    for (const name of STAFF)
      await dc.administer((client) =>
        client.modify(group('Acces-Mire'), [
          new Change({ operation: 'add', modification: new Attribute({ type: 'member', values: [agentDn(name)] }) }),
        ]),
      );
    await addStructure(mire, domainOf(dc, {}, FILTERED));
    ror = await Application.discover(mire.issuer, 'ror');
    const ids = await entryIdsOf(mire, STAFF);
    for (const [index, name] of STAFF.entries()) accounts.set(name, await linked(mire, 'chu', ids[index] ?? '', name));
  });
  afterAll(async () => {
    await mire?.close();
    await dc?.remove();
  });

  const signIn = async (name: string) => {
    const browser = new Browser(mire.issuer);
    const started = await ror.start({ scope: 'openid offline_access', prompt: 'consent' });
    await browser.get(started.url);
    return signInAt(browser, 'chu', { uid: name, password: PASSWORD });
  };
  const sessions = async (name: string) =>
    (await mire.sandbox.parts.storage.signIns.sessionsOf(accounts.get(name) ?? '')).length;
  const reasonOf = async (name: string) =>
    (await auditOf(mire, 'structure.left')).find(({ account_id }) => account_id === accounts.get(name))?.details;

  async function withLeavers<T>(work: (parts: Parameters<typeof checkNow>[0]) => Promise<T>): Promise<T> {
    const { parts, logout } = mire.sandbox;
    const directories = openDirectories(parts);
    try {
      return await work({ ...parts, leavers: createLeavers({ ...parts, directories, logout }) });
    } finally {
      await directories.close();
    }
  }
  /** What the workers do at this moment, the queue's own turns aside. */
  const round = (at: Date) =>
    withLeavers(async (parts) => {
      const clock = () => at;
      const jobs: StructureCheckJob[] = [];
      await askForChecks({ storage: parts.storage, clock }, { send: async (job) => void jobs.push(job) });
      for (const job of jobs) await checkStructure({ ...parts, clock }, job).catch(() => undefined);
      return jobs.length;
    });
  const states = async () => (await mire.sandbox.parts.storage.structures.checks())[0];

  test('a leaver of each kind stayed in until the next night when the first check failed', async () => {
    const [expired = '', disabled = '', deleted = '', moved = '', outside = '', here = ''] = STAFF;
    for (const name of [expired, disabled, deleted, moved, outside, here]) {
      await signIn(name);
      expect(await sessions(name)).toBe(1);
    }
    await dc.change(agentDn(expired), { accountExpires: fileTime(new Date(Date.now() - HOUR)) });
    await dc.change(agentDn(disabled), { userAccountControl: '514' });
    await dc.administer((client) => client.del(agentDn(deleted)));
    await dc.administer((client) => client.modifyDN(agentDn(moved), `CN=${moved},${CHU.gone}`));
    await dc.administer((client) =>
      client.modify(group('Acces-Mire'), [
        new Change({
          operation: 'delete',
          modification: new Attribute({ type: 'member', values: [agentDn(outside)] }),
        }),
      ]),
    );
    await dc.server.stop();
    expect(await round(NIGHT)).toBe(1);
    expect(await sessions(expired)).toBe(1);
    expect(await states()).toMatchObject({ verifiedAt: undefined, failingSince: NIGHT });
    await dc.server.start();
    // The controller is back after its reboot; not asked at once, and asked within the hour.
    expect(await round(new Date(NIGHT.getTime() + 0.1 * HOUR))).toBe(0);
    expect(await round(new Date(NIGHT.getTime() + 0.9 * HOUR))).toBe(1);
    const left = await Promise.all([expired, disabled, deleted, moved, outside, here].map(sessions));
    expect(left).toEqual([0, 0, 0, 0, 0, 1]);
    expect(await Promise.all([expired, disabled, deleted, moved, outside].map(reasonOf))).toEqual(
      ['expired', 'disabled', 'gone', 'gone', 'outside'].map((reason) => ({ structure: 'chu', reason })),
    );
    expect(await states()).toMatchObject({ failingSince: undefined, failure: undefined });
    // Done for this night.
    expect(await round(new Date(NIGHT.getTime() + 2 * HOUR))).toBe(0);
  });

  test('a check that has failed for a day is an error in the log, and stands on the state of the structure', async () => {
    await dc.server.stop();
    const later = (hours: number) => new Date(NIGHT.getTime() + hours * HOUR);
    await round(later(24));
    expect(mire.logs.filter((line) => line.includes('in a day'))).toHaveLength(0);
    for (let hours = 25; hours <= 48; hours += 1) await round(later(hours));
    await round(later(49));
    const lines = mire.logs.filter((line) => line.includes('in a day')).map((line) => JSON.parse(line));
    expect(lines.length).toBeGreaterThan(0);
    expect(lines[0]).toMatchObject({ level: 50, structure: 'chu' });
    expect(await states()).toMatchObject({ failingSince: later(24), failure: expect.stringContaining('tcp') });
    await dc.server.start();
  });

  test.each([
    ['expired since this morning', 6, { accountExpires: fileTime(new Date(Date.now() - HOUR)) }, PASSWORD, 'expired'],
    ['disabled since this morning', 7, { userAccountControl: '514' }, PASSWORD, 'disabled'],
    ['disabled, and somebody tries a password', 8, { userAccountControl: '514' }, 'Un-mot-de-passe', 'disabled'],
  ])('a session outlived a refused try: %s', async (_name, index, change, password, reason) => {
    const name = STAFF[index] ?? '';
    await signIn(name);
    expect(await sessions(name)).toBe(1);
    await dc.change(agentDn(name), change);
    const browser = new Browser(mire.issuer);
    await browser.get((await ror.start()).url);
    await signInAt(browser, 'chu', { uid: name, password });
    expect([await sessions(name), await reasonOf(name)]).toEqual([0, { structure: 'chu', reason }]);
  });

  test('somebody who left the group that opens this service stayed in, though refused at every try', async () => {
    const name = STAFF[9] ?? '';
    await signIn(name);
    await dc.administer((client) =>
      client.modify(group('Acces-Mire'), [
        new Change({ operation: 'delete', modification: new Attribute({ type: 'member', values: [agentDn(name)] }) }),
      ]),
    );
    expect((await signIn(name)).status).toBe(401);
    expect([await sessions(name), await reasonOf(name)]).toEqual([0, { structure: 'chu', reason: 'outside' }]);
  });

  test('an account that cannot be read was taken for an active one: it is let in by nobody, and is not signed out', async () => {
    await addStructure(mire, domainOf(dc));
    const [id = ''] = await entryIdsOf(mire, ['illisible']);
    accounts.set('illisible', await linked(mire, 'chu', id, 'illisible'));
    const page = await signIn('illisible');
    expect([page.status, page.page.text.includes('ne dit pas si votre compte peut se connecter')]).toEqual([502, true]);
    const structure = (await mire.sandbox.parts.storage.structures.byId('chu')) as LdapStructure;
    expect(await withLeavers((parts) => checkNow(parts, structure))).toMatchObject({ unknown: 1, left: 0 });
    expect(await reasonOf('illisible')).toBeUndefined();
  });

  test('a structure that was closed left its people signed in', async () => {
    const name = STAFF[10] ?? '';
    await signIn(name);
    const structure = (await mire.sandbox.parts.storage.structures.byId('chu')) as LdapStructure;
    const people = await withLeavers(({ leavers }) => leavers.endAll(structure));
    expect(people).toBeGreaterThan(0);
    expect(await sessions(name)).toBe(0);
    // They have not left: once it is open again they come back.
    await signIn(name);
    expect(await sessions(name)).toBe(1);
  });
});
