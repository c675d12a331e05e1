import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { fetchUserInfo } from 'openid-client';
import { NATIONAL_ID } from '../../../src/accounts/account.ts';
import { Application } from '../../support/clients/application.ts';
import { Browser } from '../../support/http/browser.ts';
import { describeWith } from '../../support/jest/services.ts';
import { type RunningMire, startMire } from '../../support/mire.ts';
import { type Entry, type OwnSlapd, ownSlapd } from '../../support/servers/own-slapd.ts';
import { MDURAND, newestCode } from '../../support/sign-in/journeys.ts';
import { signUp, solvedCaptcha } from '../../support/sign-up/sign-up.ts';
import { addStructure, hospital, signInAt } from '../../support/structures/structures.ts';

/** Says the number of Marie Durand, who is somebody else. */
const CLAIMING: Entry = {
  uid: 'l.moulin',
  given: 'Lucie',
  family: 'Moulin',
  password: 'Garde-de-nuit-2026',
  more: ['mail: lucie.moulin@hopital.example', 'employeeNumber: 997 0000 0013'],
};
/** Marie Durand herself, in the directory of her hospital. */
const MARIE: Entry = {
  uid: 'm.durand',
  given: 'Marie',
  family: 'Durand',
  password: 'Service-de-nuit-2026',
  more: ['employeeNumber: 99700000013'],
};
const MDURAND_ID = '899700000013';

describeWith('slapd', 'the first sign-in by a structure', () => {
  let slapd: OwnSlapd;
  let mire: RunningMire;
  let ror: Application;
  let mdurand: string;
  beforeAll(async () => {
    slapd = await ownSlapd([CLAIMING, MARIE]);
    mire = await startMire({ env: { CAPTCHA_WORK: '2' } });
    await addStructure(mire, hospital(slapd));
    ror = await Application.discover(mire.issuer, 'ror');
    mdurand = (await mire.sandbox.parts.storage.accounts.byIdentity(NATIONAL_ID, MDURAND_ID))?.id ?? '';
    expect(mdurand).not.toBe('');
  });
  afterAll(async () => {
    await mire?.close();
    await slapd?.remove();
  });

  const scope = 'openid profile email identite_ps structure';
  const begin = async (person: Entry) => {
    const browser = new Browser(mire.issuer);
    const started = await ror.start({ scope });
    await browser.get(started.url);
    return { browser, started, page: await signInAt(browser, 'chu', person) };
  };

  test("a structure that claims somebody else's national id gains nothing; what is missing is asked once", async () => {
    const { browser, started, page } = await begin(CLAIMING);
    expect(page.url.pathname).toMatch(/\/signup$/);
    // Names come from the directory, and are not for the person to change.
    expect(page.page.querySelectorAll('.locked').map((name) => name.text)).toEqual(['Moulin', 'Lucie']);
    expect(page.page.querySelector('[name=email]')?.getAttribute('value')).toBe('lucie.moulin@hopital.example');
    const end = await signUp(mire, browser, {
      title: 'MME',
      email: 'lucie.moulin@hopital.example',
      email_confirmation: 'lucie.moulin@hopital.example',
      profession: '60',
      phone: '06 39 98 77 02',
      terms: 'yes',
      ...(await solvedCaptcha(mire)),
    });
    const tokens = await started.finish(end.url);
    const sub = tokens.claims()?.sub ?? '';
    expect(sub).not.toBe(mdurand);
    const info = await fetchUserInfo(ror.configuration, tokens.access_token, sub);
    expect(info).toMatchObject({ family_name: 'Moulin', structure: { id: 'chu' } });
    // Neither in the account, nor for applications; nor does the number lead anywhere but to its owner.
    expect(info).not.toHaveProperty('national_id');
    const { storage } = mire.sandbox.parts;
    expect(await storage.accounts.identity(sub, NATIONAL_ID)).toBeUndefined();
    expect((await storage.accounts.byIdentity(NATIONAL_ID, MDURAND_ID))?.id).toBe(mdurand);
    expect(await storage.accounts.identity(mdurand, 'structure:chu')).toBeUndefined();
    // Nothing is asked the second time.
    const again = await begin(CLAIMING);
    expect((await again.started.finish(again.page.url)).claims()?.sub).toBe(sub);
  });

  test('an account is joined once its owner has proved it by password and code, and not before', async () => {
    const { browser, started, page } = await begin(MARIE);
    expect(page.url.pathname).toMatch(/\/signup$/);
    const link = page.page.querySelector('.notice a')?.getAttribute('href') ?? '';
    await browser.get(link);
    expect((await browser.submit({ login: MDURAND.login, password: 'wrong' })).status).toBe(401);
    expect(await mire.sandbox.parts.storage.accounts.identity(mdurand, 'structure:chu')).toBeUndefined();
    await browser.submit(MDURAND);
    const wrong = await browser.submit({ code: '000000' });
    expect(wrong.status).toBe(401);
    expect(await mire.sandbox.parts.storage.accounts.identity(mdurand, 'structure:chu')).toBeUndefined();
    const end = await browser.submit({ code: (await newestCode(mire)).code });
    expect((await started.finish(end.url)).claims()?.sub).toBe(mdurand);
    const again = await begin(MARIE);
    expect((await again.started.finish(again.page.url)).claims()?.sub).toBe(mdurand);
  });
});
