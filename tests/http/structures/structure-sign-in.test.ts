import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { fetchUserInfo } from 'openid-client';
import { PACE } from '../../../config/pace.ts';
import { texts as errors } from '../../../interactions/error/texts.ts';
import { Application } from '../../support/clients/application.ts';
import { Browser, type Visited } from '../../support/http/browser.ts';
import { describeWith } from '../../support/jest/services.ts';
import { type RunningMire, startMire } from '../../support/mire.ts';
import { dnOf, type OwnSlapd, ownSlapd } from '../../support/servers/own-slapd.ts';
import { auditOf } from '../../support/sign-in/steps.ts';
import {
  addStructure,
  DOCTOR,
  entryIdOf,
  hospital,
  linked,
  NURSE,
  RETIRED,
  replaceIn,
  signInAt,
} from '../../support/structures/structures.ts';

const shown = (text: string) => text.replace(/ ([:?!])/g, '\u00a0$1');
const alert = ({ page }: Visited) => page.querySelector('#erreur .alert-title')?.text;

describeWith('slapd', 'signing in with the account of a structure', () => {
  let slapd: OwnSlapd;
  let other: OwnSlapd;
  let mire: RunningMire;
  let ror: Application;
  beforeAll(async () => {
    slapd = await ownSlapd([NURSE, DOCTOR, RETIRED], { dim: [NURSE.uid] });
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

  test('the structure is found by name, town or FINESS, without accents or capitals', async () => {
    const { browser } = await begin();
    await browser.click('Compte local');
    for (const [typed, name] of [
      ['chu vallees', 'CHU des Trois Vallées'],
      ['SAINT-ETIENNE 690000001', 'CHU des Trois Vallées'],
      ['690000002', 'Clinique du Parc'],
    ] as const) {
      const { page } = await browser.get(`${browser.current?.url.pathname}?q=${encodeURIComponent(typed)}&autre=`);
      expect(page.querySelectorAll('.structure-name').map(({ text }) => text)).toEqual([name]);
      expect(page.querySelector('[name=q]')?.getAttribute('value')).toBe(typed);
    }
    const { page } = await browser.get(`${browser.current?.url.pathname}?q=%25&autre=`);
    expect(page.querySelectorAll('.structure-name')).toHaveLength(2);
    const none = await browser.get(`${browser.current?.url.pathname}?q=nulle+part&autre=`);
    expect(none.page.querySelector('[role=status]')?.text).toContain('Aucune structure trouvée');
    const answer = await browser.fetch(`${browser.current?.url.pathname}/structures.json?q=parc`);
    expect(await answer.json()).toMatchObject({
      results: [{ name: 'Clinique du Parc' }],
      message: '1 structure trouvée',
    });
  });

  test('somebody known signs in, and the application reads the structure and the roles of this sign-in', async () => {
    const accountId = await linked(mire, 'chu', await entryIdOf(slapd, NURSE.uid), 'Moulin');
    const { started, browser } = await begin();
    const back = await signInAt(browser, 'chu', NURSE);
    const tokens = await started.finish(back.url);
    expect(tokens.claims()).toMatchObject({ sub: accountId, acr: 'eidas1', amr: ['pwd'], mire_mode: 'compte-local' });
    expect(await fetchUserInfo(ror.configuration, tokens.access_token, accountId)).toMatchObject({
      structure: { id: 'chu', finess: '690000001', name: 'CHU des Trois Vallées', roles: ['dim'] },
    });
    const [line] = (await auditOf(mire, 'sign-in.structure-accepted')).slice(-1);
    expect(line).toMatchObject({ account_id: accountId, mode: 'compte-local', details: { structure: 'chu' } });
  });

  test('the last structure is remembered by the browser; another one is a link away', async () => {
    const { browser } = await begin();
    await signInAt(browser, 'chu', NURSE);
    const { page } = (await begin({ prompt: 'login' }, browser)).browser.current ?? {};
    expect(page?.querySelector('.structure-chosen strong')?.text).toBe('CHU des Trois Vallées');
    const search = await browser.click('Choisir une autre structure');
    expect(search.page.querySelectorAll('.structure-name')).toHaveLength(2);
    const cookie = (await browser.jar.getCookies(`${mire.issuer}/interaction/x`)).find(
      ({ key }) => key === 'mire_structure',
    );
    expect(cookie?.value).toBe('chu');
    // Not signed by us, it says nothing.
    await browser.jar.setCookie('mire_structure=clinique; Path=/interaction', mire.issuer);
    const forged = await browser.get(`${browser.current?.url.pathname}`);
    expect(forged.page.querySelector('.structure-chosen')).toBeNull();
  });

  test.each(['clinique', '690000002'])('structure_hint=%s opens that structure', async (structure_hint) => {
    const { browser } = await begin({ structure_hint });
    expect(browser.current?.url.pathname).toMatch(/\/compte-local$/);
    expect(browser.current?.page.querySelector('.structure-chosen strong')?.text).toBe('Clinique du Parc');
  });

  test('a hint at nothing is ignored', async () => {
    for (const structure_hint of ['nowhere', "x' or 1=1", 'x'.repeat(200)]) {
      const { browser } = await begin({ structure_hint });
      expect(browser.current?.status).toBe(200);
      expect(browser.current?.url.pathname).not.toMatch(/compte-local/);
    }
  });

  test('a wrong password, an unknown login and an empty directory name get the same answer', async () => {
    const { browser } = await begin();
    const answers = [];
    for (const [login, password] of [
      [NURSE.uid, 'wrong'],
      ['nobody', 'wrong'],
      ['*', NURSE.password],
    ]) {
      const since = performance.now();
      const page = await signInAt(browser, 'chu', { uid: login ?? '', password: password ?? '' });
      expect(performance.now() - since).toBeGreaterThanOrEqual(250);
      expect(page.status).toBe(401);
      answers.push(alert(page));
    }
    expect(new Set(answers)).toEqual(new Set([shown(errors.fr['error.credentials-wrong.text'])]));
  });

  test('two structures with the same login are two people', async () => {
    const first = await linked(mire, 'chu', await entryIdOf(slapd, NURSE.uid), 'Moulin');
    const second = await linked(mire, 'clinique', await entryIdOf(other, NURSE.uid), 'Moulin');
    expect(second).not.toBe(first);
    const at = async (structure: string, password: string) => {
      const { started, browser } = await begin();
      const back = await signInAt(browser, structure, { uid: NURSE.uid, password });
      return (await started.finish(back.url)).claims()?.sub;
    };
    expect(await at('chu', NURSE.password)).toBe(first);
    expect(await at('clinique', 'Autre-hopital-2026')).toBe(second);
    // The password of the one is nothing to the other.
    const { browser } = await begin();
    expect((await signInAt(browser, 'clinique', NURSE)).status).toBe(401);
  });

  test('an entry that is disabled opens nothing; the sessions that came from it end, the others stay', async () => {
    await slapd.administer((client) => client.add('uid=tmp,ou=people,dc=hopital,dc=example', leaving('tmp')));
    const entryId = await entryIdOf(slapd, 'tmp');
    const accountId = await linked(mire, 'chu', entryId, 'Tmp');
    const fromStructure = new Browser(mire.issuer);
    const { started } = await begin({}, fromStructure);
    await started.finish((await signInAt(fromStructure, 'chu', { uid: 'tmp', password: 'tmp-2026-tmp' })).url);
    // Another of the same account, by another door.
    const elsewhere = await sessionOf(accountId);
    expect(await mire.sandbox.parts.storage.signIns.sessionsOf(accountId)).toHaveLength(2);

    await replaceIn(slapd, 'tmp', 'employeeType', 'parti');
    const { browser } = await begin();
    const refused = await signInAt(browser, 'chu', { uid: 'tmp', password: 'tmp-2026-tmp' });
    expect([refused.status, alert(refused)]).toEqual([403, shown(errors.fr['error.structure-disabled.text'])]);
    const left = await mire.sandbox.parts.storage.signIns.sessionsOf(accountId);
    expect(left.map(({ signIn }) => signIn.id)).toEqual([elsewhere]);
    expect((await fromStructure.get((await ror.start({ prompt: 'none' })).url)).url.searchParams.get('error')).toBe(
      'login_required',
    );
    expect((await auditOf(mire, 'structure.left')).at(-1)).toMatchObject({
      account_id: accountId,
      details: { structure: 'chu', reason: 'disabled' },
    });
  });

  test('an entry that is gone is noticed at the next try under its login', async () => {
    await slapd.administer((client) => client.add('uid=gone,ou=people,dc=hopital,dc=example', leaving('gone')));
    const accountId = await linked(mire, 'chu', await entryIdOf(slapd, 'gone'), 'Gone');
    const { started, browser } = await begin();
    await started.finish((await signInAt(browser, 'chu', { uid: 'gone', password: 'gone-2026-gone' })).url);
    expect(await mire.sandbox.parts.storage.signIns.sessionsOf(accountId)).toHaveLength(1);
    await slapd.administer((client) => client.del('uid=gone,ou=people,dc=hopital,dc=example'));
    const refused = await signInAt((await begin()).browser, 'chu', { uid: 'gone', password: 'gone-2026-gone' });
    expect(refused.status).toBe(401);
    expect(await mire.sandbox.parts.storage.signIns.sessionsOf(accountId)).toEqual([]);
  });

  test('an entry that was renamed is the same person', async () => {
    const accountId = await linked(mire, 'chu', await entryIdOf(slapd, NURSE.uid), 'Moulin');
    await slapd.administer((client) => client.modifyDN(dnOf(NURSE.uid), 'uid=l.epouse'));
    try {
      const { started, browser } = await begin();
      const back = await signInAt(browser, 'chu', { uid: 'l.epouse', password: NURSE.password });
      expect((await started.finish(back.url)).claims()?.sub).toBe(accountId);
    } finally {
      await slapd.administer((client) => client.modifyDN(dnOf('l.epouse'), `uid=${NURSE.uid}`));
    }
  });

  test('a structure that is disabled is not offered, and answers no POST', async () => {
    const { storage } = mire.sandbox.parts;
    const { browser } = await begin();
    await browser.click('Compte local');
    await browser.click('Clinique du Parc');
    await storage.structures.setEnabled('clinique', false);
    try {
      const refused = await browser.submit({ login: NURSE.uid, password: 'Autre-hopital-2026' });
      expect(refused.status).toBe(404);
      expect(refused.page.querySelectorAll('.structure-name').map(({ text }) => text)).toEqual([
        'CHU des Trois Vallées',
      ]);
    } finally {
      await storage.structures.setEnabled('clinique', true);
    }
  });

  test('somebody new stands before the sign-up, with no account and no session yet', async () => {
    const { browser } = await begin();
    await slapd.administer((client) => client.add('uid=fresh,ou=people,dc=hopital,dc=example', leaving('fresh')));
    const page = await signInAt(browser, 'chu', { uid: 'fresh', password: 'fresh-2026-fresh' });
    expect(page.url.origin).toBe(mire.issuer);
    expect(await mire.sandbox.parts.storage.accounts.byIdentity('structure:chu', await entryIdOf(slapd, 'fresh'))).toBe(
      undefined,
    );
  });

  test('no password that went to a directory is logged, nor kept', () => {
    const logs = mire.logs.join('');
    for (const secret of [NURSE.password, DOCTOR.password, 'Lecture-seule-2026', 'tmp-2026-tmp'])
      expect([secret, logs.includes(secret)]).toEqual([secret, false]);
  });

  const sessionOf = async (accountId: string): Promise<string> => {
    const { storage } = mire.sandbox.parts;
    const id = randomUUID();
    const now = mire.clock.now();
    await storage.signIns.insert({
      id,
      accountId,
      clientId: 'ror',
      mode: 'login-mdp',
      acr: 'eidas1',
      amr: ['pwd'],
      passwordAt: now,
      authenticatedAt: now,
    });
    await storage.signIns.openSession(randomUUID(), { id, accountId }, now, {});
    return id;
  };
});

const leaving = (uid: string) => ({
  objectClass: 'inetOrgPerson',
  uid,
  cn: uid,
  sn: uid,
  givenName: 'Tmp',
  userPassword: `${uid}-2026-${uid}`,
});
