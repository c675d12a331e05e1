import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import { codeOf, newSeed } from '../../src/challenges/hotp.ts';
import { periodOf } from '../../src/factors/totp.ts';
import { describeWith } from '../support/jest/services.ts';
import { type RunningMire, startMire } from '../support/mire.ts';
import { useChromium } from '../support/pages/chromium.ts';
import { inspector } from '../support/pages/screen-flaws.ts';
import { application, claims, codeAfter, fillCode, fillPassword, openMode } from '../support/pages/visits.ts';
import { MDURAND } from '../support/sign-in/journeys.ts';

const CODES = { fr: ['ABCDE-FGHJK', 'ABCDE-FGHJM'], en: ['NPQRS-TVWXY', 'NPQRS-TVWXZ'] } as const;
const START = '/mot-de-passe-oublie';

describeWith('chromium', 'the screens of other factors, and of who forgot something, are accessible', () => {
  let mire: RunningMire;
  const seed = newSeed();
  const password = { fr: 'girafe-bitume-melodie-77', en: 'tulipe-granit-boussole-31' };
  let current = MDURAND.password;
  beforeAll(async () => {
    mire = await startMire({ env: { RATE_LIMIT_FACTOR: '20' } });
    const { storage } = mire.sandbox.parts;
    const accountId = (await storage.accounts.byLoginKey(MDURAND.login))?.account.id ?? '';
    const id = '5a6f9c1e-2b0d-4d8e-9c1e-0a1b2c3d4e5f';
    await storage.authenticators.insert({ id, accountId, seed, at: mire.clock.now() });
    await storage.authenticators.confirm(accountId, id, mire.clock.now());
    await storage.recoveryCodes.replace(accountId, Object.values(CODES).flat(), mire.clock.now());
  });
  afterAll(() => mire?.close());
  const { visit } = useChromium();
  const right = () => codeOf(seed, periodOf(mire.clock.now()));
  const wrong = () => {
    const fits = [-1, 0, 1].map((drift) => codeOf(seed, periodOf(mire.clock.now()) + drift));
    return ['000000', '111111', '222222', '333333'].find((code) => !fits.includes(code)) ?? '';
  };
  /** Sends the form whose action ends so, with what stands in its field. */
  const send = async (page: Page, action: string, fields: Readonly<Record<string, string>> = {}) => {
    const form = page.locator(`form[action$="${action}"]`);
    for (const [name, value] of Object.entries(fields)) await form.locator(`[name=${name}]`).fill(value);
    await Promise.all([page.waitForNavigation(), form.locator('[type=submit]').click()]);
  };

  describe.each(['fr', 'en'] as const)('in %s', (lang) => {
    const [paper, paperToo] = CODES[lang];

    test('the application and the codes on paper, in a sign-in by Code Éphémère', async () => {
      const { page, look, found } = await inspector(visit, mire.issuer, lang);
      const begin = async () => {
        await page.goto(`${application(mire, 'messagerie')}/login?prompt=login`);
        await openMode(page, 'code-ephemere');
        await fillPassword(page, { ...MDURAND, password: current });
        await page.waitForURL(/code-ephemere\/app$/);
      };
      await begin();
      await look('application');
      await fillCode(page, '12');
      await look('application, too short', 422);
      await fillCode(page, wrong());
      await look('application, wrong', 401);
      await page.locator('.form-aside a').first().click();
      await page.locator('[name=channel][value=app]').waitFor();
      await look('ways to receive a code');
      await page.locator('a[href$="/code-ephemere/recovery"]').click();
      await page.locator('[name=recovery_code]').waitFor();
      await look('code on paper');
      await send(page, '/recovery', { recovery_code: '' });
      await look('code on paper, missing', 422);
      await send(page, '/recovery', { recovery_code: 'AAAAA-AAAAA' });
      await look('code on paper, wrong', 401);
      await page.locator('[name=recovery_code]').fill(paper);
      await page.locator('.login-submit').click();
      await claims(page);
      await begin();
      mire.clock.forward(60);
      await fillCode(page, right());
      await claims(page);
      expect(found).toEqual([]);
    });

    test('a forgotten password: mail and second factor', async () => {
      const { page, look, found } = await inspector(visit, mire.issuer, lang);
      await page.goto(`${mire.issuer}${START}`);
      await look('start');
      await send(page, START, { login: '' });
      await look('start, empty', 422);
      const mail = await codeAfter(mire, page, () => send(page, START, { login: MDURAND.login }));
      await look('code');
      await send(page, '/code', { code: '12' });
      await look('code, too short', 422);
      await send(page, '/code', { code: mail === '000000' ? '111111' : '000000' });
      await look('code, wrong', 401);
      await send(page, '/code', { code: mail });
      expect(new URL(page.url()).pathname).toBe(`${START}/second`);
      await look('second factor');
      await send(page, '/application', { code: wrong() });
      await look('application, wrong', 401);
      await send(page, '/secours', { recovery_code: 'AAAAA-AAAAA' });
      await look('code on paper, wrong', 401);
      const sms = await codeAfter(mire, page, () => send(page, '/envoi'));
      await look('second factor, SMS');
      await send(page, '/sms', { sms_code: '' });
      await look('SMS, missing', 422);
      await send(page, '/sms', { sms_code: '12' });
      await look('SMS, too short', 422);
      await send(page, '/sms', { sms_code: sms === '000000' ? '111111' : '000000' });
      await look('SMS, wrong', 401);
      // The error stands beside the field it is about, and its link leads there.
      expect(await page.locator('#champ-sms_code[aria-invalid=true]').count()).toBe(1);
      expect(await page.locator('#champ-code[aria-invalid=true]').count()).toBe(0);
      expect(found).toEqual([]);
    });

    test('a forgotten password: the new one', async () => {
      const { page, look, found } = await inspector(visit, mire.issuer, lang);
      mire.clock.forward(60);
      await page.goto(`${mire.issuer}${START}`);
      const mail = await codeAfter(mire, page, () => send(page, START, { login: MDURAND.login }));
      await send(page, '/code', { code: mail });
      await send(page, '/secours', { recovery_code: paperToo });
      expect(new URL(page.url()).pathname).toBe(`${START}/nouveau`);
      await look('new password');
      await send(page, '/nouveau', { new_password: '', new_password_confirmation: '' });
      await look('new password, missing', 422);
      await send(page, '/nouveau', { new_password: 'mdurand-mdurand', new_password_confirmation: 'mdurand-mdurand' });
      await look('new password, weak', 422);
      await send(page, '/nouveau', { new_password: password[lang], new_password_confirmation: 'autre' });
      await look('new password, not twice the same', 422);
      await send(page, '/nouveau', {
        new_password: password[lang],
        new_password_confirmation: password[lang],
      });
      current = password[lang];
      await look('done');
      await page.goto(`${mire.issuer}${START}/second`);
      await look('a step that is over', 409);
      expect(found).toEqual([]);
    });

    test('a forgotten identifier', async () => {
      const { page, look, found } = await inspector(visit, mire.issuer, lang);
      await page.goto(`${mire.issuer}${START}`);
      await page.locator('a[href="/identifiant-oublie"]').click();
      await page.locator('[name=email]').waitFor();
      await look('identifier');
      await send(page, '/identifiant-oublie', { email: '' });
      await look('identifier, empty', 422);
      await send(page, '/identifiant-oublie', { email: 'mdurand' });
      await look('identifier, no address', 422);
      await send(page, '/identifiant-oublie', { email: 'mdurand@hopital.example' });
      expect(new URL(page.url()).pathname).toBe('/identifiant-oublie/envoye');
      await look('identifier, sent');
      expect(found).toEqual([]);
    });
  });
});
