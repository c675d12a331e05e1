import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { fetchUserInfo } from 'openid-client';
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

describeWith('slapd', "a structure's password, and a code", () => {
  let slapd: OwnSlapd;
  let mire: RunningMire;
  let ror: Application;
  let messagerie: Application;
  let nurse: string;
  beforeAll(async () => {
    slapd = await ownSlapd([NURSE, DOCTOR], { dim: [NURSE.uid] });
    mire = await startMire();
    await addStructure(mire, hospital(slapd));
    ror = await Application.discover(mire.issuer, 'ror');
    messagerie = await Application.discover(mire.issuer, 'messagerie');
    nurse = await linked(mire, 'chu', await entryIdOf(slapd, NURSE.uid), 'Moulin', {
      email: 'lucie.moulin@hopital.example',
      emailVerified: true,
    });
  });
  afterAll(async () => {
    await mire?.close();
    await slapd?.remove();
  });

  const scope = 'openid profile structure';
  const giveCode = async (browser: Browser) => {
    await browser.submit({ channel: 'mail' });
    return browser.submit({ code: (await newestCode(mire)).code });
  };

  test('signed in for the ROR, the secure mail asks for a code to the same account, and the structure is still said', async () => {
    const browser = new Browser(mire.issuer);
    const first = await ror.start({ scope });
    await browser.get(first.url);
    const back = await signInAt(browser, 'chu', NURSE);
    expect((await first.finish(back.url)).claims()).toMatchObject({ sub: nurse, acr: 'eidas1' });

    const second = await messagerie.start({ scope });
    const page = await browser.get(second.url);
    expect(page.url.pathname).toMatch(/\/code-ephemere$/);
    expect(page.page.querySelector('[name=password]')).toBeNull();
    const end = await giveCode(browser);
    const tokens = await second.finish(end.url);
    expect(tokens.claims()).toMatchObject({ sub: nurse, acr: 'eidas2', amr: ['pwd', 'otp', 'mfa'] });
    expect(await fetchUserInfo(messagerie.configuration, tokens.access_token, nurse)).toMatchObject({
      structure: { id: 'chu', roles: ['dim'] },
    });
    // The sign-in still rests on the structure's word.
    await slapd.administer((client) => client.del(`uid=${NURSE.uid},ou=people,dc=hopital,dc=example`));
    try {
      await signInAt(await at(ror), 'chu', NURSE);
      expect(await mire.sandbox.parts.storage.signIns.sessionsOf(nurse)).toEqual([]);
    } finally {
      await slapd.administer((client) =>
        client.add(`uid=${NURSE.uid},ou=people,dc=hopital,dc=example`, {
          objectClass: 'inetOrgPerson',
          uid: NURSE.uid,
          cn: NURSE.family,
          sn: NURSE.family,
          userPassword: NURSE.password,
        }),
      );
      nurse = await linked(mire, 'chu', await entryIdOf(slapd, NURSE.uid), 'Moulin', {
        email: 'lucie.encore@hopital.example',
        emailVerified: true,
      });
    }
  });

  test('straight to the secure mail: the code follows the password in the same sign-in', async () => {
    const browser = new Browser(mire.issuer);
    const started = await messagerie.start({ scope });
    await browser.get(started.url);
    const page = await signInAt(browser, 'chu', NURSE);
    expect(page.url.pathname).toMatch(/\/code-ephemere$/);
    expect(page.page.querySelector('#renfort')?.text).toContain('Mot de passe vérifié');
    expect(page.page.querySelector('[name=password]')).toBeNull();
    // Nobody is signed in yet.
    expect(await mire.sandbox.parts.storage.signIns.sessionsOf(nurse)).toEqual([]);
    const end = await giveCode(browser);
    const claims = (await started.finish(end.url)).claims();
    expect(claims).toMatchObject({ sub: nurse, acr: 'eidas2', amr: ['pwd', 'otp', 'mfa'], mire_mode: 'code-ephemere' });
  });

  test('a password that was stopped before its code completes nothing once the sessions of its account were ended', async () => {
    const browser = new Browser(mire.issuer);
    const started = await messagerie.start({ scope });
    await browser.get(started.url);
    await signInAt(browser, 'chu', NURSE);
    await mire.sandbox.logout.end({ accountId: nurse }, 'administrator');
    const again = await browser.get(browser.current?.url ?? '');
    expect(again.page.querySelector('#renfort')).toBeNull();
    expect(again.page.text).toContain('mis fin à tout ce qui avait été commencé');
    expect(again.page.querySelector('[name=channel]')).toBeNull();
    await signInAt(browser, 'chu', NURSE);
    expect((await started.finish((await giveCode(browser)).url)).claims()).toMatchObject({ sub: nurse, acr: 'eidas2' });
  });

  test('a password that is proved for one person completes nobody else', async () => {
    const browser = new Browser(mire.issuer);
    const started = await messagerie.start({ scope });
    await browser.get(started.url);
    await signInAt(browser, 'chu', NURSE);
    await browser.click("Ce n'est pas vous");
    // Another account, its own password and its own code.
    await browser.submit({ login: 'mdurand', password: 'Mire-sandbox-2026!' });
    const end = await giveCode(browser);
    const claims = (await started.finish(end.url)).claims();
    expect(claims).toMatchObject({ acr: 'eidas2', amr: ['pwd', 'otp', 'mfa'] });
    expect(claims?.sub).not.toBe(nurse);
    expect(claims?.structure).toBeUndefined();
  });

  test('without a verified address there is no code to send, and the other ways are there', async () => {
    await linked(mire, 'chu', await entryIdOf(slapd, DOCTOR.uid), 'Garnier');
    const browser = new Browser(mire.issuer);
    await browser.get((await messagerie.start({ scope })).url);
    const page = await signInAt(browser, 'chu', DOCTOR);
    expect(page.status).toBeGreaterThanOrEqual(400);
    expect(page.status).toBeLessThan(500);
    expect(page.page.text).toContain('Carte CPS');
  });

  const at = async (application: Application) => {
    const browser = new Browser(mire.issuer);
    await browser.get((await application.start({ scope })).url);
    return browser;
  };
});
