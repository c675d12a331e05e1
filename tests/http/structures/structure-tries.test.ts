import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { PACE } from '../../../config/pace.ts';
import { Application } from '../../support/clients/application.ts';
import { Browser } from '../../support/http/browser.ts';
import { describeWith } from '../../support/jest/services.ts';
import { type RunningMire, startMire } from '../../support/mire.ts';
import { type OwnSlapd, ownSlapd } from '../../support/servers/own-slapd.ts';
import { newestCode } from '../../support/sign-in/journeys.ts';
import {
  addStructure,
  DOCTOR,
  entryIdOf,
  hospital,
  linked,
  NURSE,
  signInAt,
} from '../../support/structures/structures.ts';

describeWith('slapd', 'how often a directory is asked about a password', () => {
  let slapd: OwnSlapd;
  let other: OwnSlapd;
  let mire: RunningMire;
  let ror: Application;
  beforeAll(async () => {
    slapd = await ownSlapd([NURSE, DOCTOR], { dim: [NURSE.uid] });
    other = await ownSlapd([{ ...NURSE, given: 'Louise', password: 'Autre-hopital-2026' }]);
    mire = await startMire({ env: { RATE_LIMIT_FACTOR: '1' }, added: { pace: PACE } });
    await addStructure(mire, hospital(slapd));
    await addStructure(mire, hospital(other, { id: 'clinique', name: 'Clinique du Parc', finess: '690000002' }));
    ror = await Application.discover(mire.issuer, 'ror');
  });
  afterAll(async () => {
    await mire?.close();
    await slapd?.remove();
    await other?.remove();
  });

  const begin = async (parameters: Record<string, string> = {}, browser = new Browser(mire.issuer)) => {
    const started = await ror.start({ scope: 'openid profile structure identite_ps', ...parameters });
    await browser.get(started.url);
    return { started, browser };
  };

  test('we stop two tries before the directory would lock the account, whatever the spelling', async () => {
    const { browser } = await begin();
    // The directory locks at five: three are ours.
    for (const uid of ['p.garnier', 'P.GARNIER', ' p.garnier ']) {
      expect((await signInAt(browser, 'chu', { uid, password: 'wrong' })).status).toBe(401);
    }
    const refused = await signInAt(browser, 'chu', DOCTOR);
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(29 * 60);
    // It is counted from the last try that reached the directory.
    mire.clock.forward(31 * 60);
    await linked(mire, 'chu', await entryIdOf(slapd, DOCTOR.uid), 'Garnier');
    const again = await begin();
    expect((await signInAt(again.browser, 'chu', DOCTOR)).url.href).toContain('code=');
    for (const uid of ['p.garnier', 'p.garnier'])
      expect((await signInAt((await begin()).browser, 'chu', { uid, password: 'wrong' })).status).toBe(401);
  });

  test('where strangers have used up our tries, the browser in which its owner proved two factors has one more', async () => {
    const accountId = await linked(mire, 'clinique', await entryIdOf(other, NURSE.uid));
    const contact = { value: 'louise.moulin@parc.example', verified: true };
    await mire.sandbox.parts.storage.care.setContact(accountId, 'mail', contact);
    const OWNER = { uid: NURSE.uid, password: 'Autre-hopital-2026' };
    const owner = new Browser(mire.issuer);
    const messagerie = await Application.discover(mire.issuer, 'messagerie');
    await owner.get((await messagerie.start()).url);
    await signInAt(owner, 'clinique', OWNER);
    await owner.submit({ channel: 'mail' });
    expect((await owner.submit({ code: (await newestCode(mire)).code })).url.href).toContain('code=');
    for (let n = 0; n < 3; n += 1)
      expect((await signInAt((await begin()).browser, 'clinique', { ...OWNER, password: 'wrong' })).status).toBe(401);
    expect((await signInAt((await begin()).browser, 'clinique', OWNER)).status).toBe(429);
    await begin({ prompt: 'login' }, owner);
    expect((await signInAt(owner, 'clinique', OWNER)).url.href).toContain('code=');
  });

  test('tries at once never reach the directory more often than that', async () => {
    const uid = 'somebody-else';
    const statuses = await Promise.all(
      Array.from({ length: 8 }, async () => {
        const { browser } = await begin();
        return (await signInAt(browser, 'clinique', { uid, password: 'wrong' })).status;
      }),
    );
    expect(statuses.filter((status) => status === 401)).toHaveLength(3);
    expect(statuses.filter((status) => status === 429)).toHaveLength(5);
  });
});
