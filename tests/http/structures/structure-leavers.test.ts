import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startStructureChecks } from '../../../src/main/structure-checking.ts';
import { openDirectories } from '../../../src/main/structures.ts';
import { createLeavers } from '../../../src/structures/leavers.ts';
import type { LdapStructure } from '../../../src/structures/structure.ts';
import { Application } from '../../support/clients/application.ts';
import { Browser } from '../../support/http/browser.ts';
import { describeWith } from '../../support/jest/services.ts';
import { until } from '../../support/jest/until.ts';
import { type RunningMire, startMire } from '../../support/mire.ts';
import { dnOf, type Entry, type OwnSlapd, ownSlapd } from '../../support/servers/own-slapd.ts';
import { auditOf } from '../../support/sign-in/steps.ts';
import { addStructure, entryIdOf, hospital, linked, replaceIn, signInAt } from '../../support/structures/structures.ts';

const STAFF: Entry[] = Array.from({ length: 12 }, (_, index) => ({
  uid: `agent${index}`,
  given: 'Agent',
  family: `Fictif${index}`,
  password: `Agent-fictif-${index}-2026`,
}));

describeWith('slapd', 'people who leave their structure', () => {
  let slapd: OwnSlapd;
  let mire: RunningMire;
  let ror: Application;
  const ids: string[] = [];
  beforeAll(async () => {
    slapd = await ownSlapd(STAFF);
    mire = await startMire();
    await addStructure(mire, hospital(slapd));
    ror = await Application.discover(mire.issuer, 'ror');
    for (const { uid } of STAFF) ids.push(await linked(mire, 'chu', await entryIdOf(slapd, uid), uid));
  });
  afterAll(async () => {
    await mire?.close();
    await slapd?.remove();
  });

  const signIn = async (index: number) => {
    const browser = new Browser(mire.issuer);
    const started = await ror.start({ scope: 'openid offline_access', prompt: 'consent' });
    await browser.get(started.url);
    const page = await signInAt(browser, 'chu', STAFF[index] as Entry);
    return { browser, started, page };
  };
  const sessions = async (index: number) =>
    (await mire.sandbox.parts.storage.signIns.sessionsOf(ids[index] ?? '')).length;
  test('the night finds who is gone and who is disabled, through the queue; the others stay signed in', async () => {
    for (const index of [0, 1, 2]) await signIn(index);
    expect([await sessions(0), await sessions(1), await sessions(2)]).toEqual([1, 1, 1]);
    await slapd.administer((client) => client.del(dnOf('agent0')));
    await replaceIn(slapd, 'agent1', 'employeeType', 'parti');
    const checks = startStructureChecks(mire.sandbox.parts, mire.sandbox.logout);
    await until('the end of the sessions', async () => (await sessions(0)) + (await sessions(1)) === 0);
    await checks.close(1000);
    expect(await sessions(2)).toBe(1);
    const reasons = (await auditOf(mire, 'structure.left')).map(({ account_id, details }) => [account_id, details]);
    expect(reasons).toEqual(
      expect.arrayContaining([
        [ids[0], { structure: 'chu', reason: 'gone' }],
        [ids[1], { structure: 'chu', reason: 'disabled' }],
      ]),
    );
    // Not asked again before the next night.
    const { storage, database } = mire.sandbox.parts;
    const before = await database('structures').where({ id: 'chu' }).first<{ checked_at: Date }>();
    const again = startStructureChecks(mire.sandbox.parts, mire.sandbox.logout);
    await again.close(1000);
    expect(await database('structures').where({ id: 'chu' }).first()).toMatchObject({ checked_at: before?.checked_at });
    const soon = new Date(Date.now() + 1000);
    expect(await storage.structures.claimCheck('chu', new Date(), { begunBefore: soon, workedBefore: soon })).toBe(
      true,
    );
  });

  const check = async () => {
    const { parts, logout } = mire.sandbox;
    const directories = openDirectories(parts);
    try {
      const structure = (await parts.storage.structures.byId('chu')) as LdapStructure;
      return await createLeavers({ ...parts, directories, logout }).check(structure);
    } finally {
      await directories.close();
    }
  };

  test('somebody who comes back is let in again, and may leave again', async () => {
    await replaceIn(slapd, 'agent1', 'employeeType', 'revenu');
    await signIn(1);
    expect(await sessions(1)).toBe(1);
    expect(await check()).toMatchObject({ left: 0 });
    await replaceIn(slapd, 'agent1', 'employeeType', 'parti');
    expect(await check()).toMatchObject({ left: 1, doubtful: false });
    expect(await sessions(1)).toBe(0);
  });

  test('a directory that suddenly knows hardly anybody signs nobody out', async () => {
    expect(await sessions(2)).toBe(1);
    const { storage } = mire.sandbox.parts;
    const elsewhere = hospital(slapd, {}, { base_dn: 'ou=groups,dc=hopital,dc=example' });
    await addStructure(mire, elsewhere);
    expect(await check()).toEqual({ checked: 10, left: 0, unknown: 0, roles: 0, doubtful: true });
    expect(await sessions(2)).toBe(1);
    await addStructure(mire, hospital(slapd, {}, { base_dn: 'ou=nowhere,dc=hopital,dc=example' }));
    await expect(check()).rejects.toMatchObject({ name: 'DirectoryDown', reason: 'misconfigured' });
    await addStructure(mire, hospital(slapd));
    expect(await check()).toMatchObject({ left: 0, doubtful: false });
    expect((await storage.structures.list()).map(({ version }) => version > 1)).toEqual([true]);
  });

  test('a directory that does not answer says nothing of anybody', async () => {
    await slapd.server.stop();
    await expect(check()).rejects.toMatchObject({ name: 'DirectoryDown' });
    await slapd.server.start();
    expect(await sessions(2)).toBe(1);
  });
});
