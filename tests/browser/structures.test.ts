import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import { CLINIC_STAFF, HOSPITAL_STAFF, type StaffMember } from '../../src/sandbox/hospital/people.ts';
import { describeWith } from '../support/jest/services.ts';
import { type RunningMire, startMire } from '../support/mire.ts';
import { useChromium } from '../support/pages/chromium.ts';
import { flaws, PHONE_AND_WINDOW } from '../support/pages/screen-flaws.ts';
import { application, askCode, claims, fillCode, fillPassword, openMode } from '../support/pages/visits.ts';

const HOSPITAL = 'Hôpital fictif des Trois Vallées';
const CLINIC = 'Clinique fictive du Parc';
const one = (staff: readonly StaffMember[]): StaffMember => {
  const [first] = staff;
  if (!first) throw new Error('nobody works there');
  return first;
};

describeWith('chromium', 'somebody of a hospital, in a real browser', () => {
  let mire: RunningMire;
  beforeAll(async () => {
    mire = await startMire({ structures: true });
  });
  afterAll(() => mire?.close());
  const { visit } = useChromium();

  const choose = async (page: Page, name: string, typed: string) => {
    await page.locator('[name=q]').fill(typed);
    await page.locator('[name=q]').press('Enter');
    await page.locator('a.structure', { hasText: name }).click();
  };

  describe.each([true, false])('JavaScript: %s', (javaScriptEnabled) => {
    test('chooses the structure and signs in: the ROR opens, the secure mail asks the same account for a code', async () => {
      const { page } = await visit({ javaScriptEnabled });
      await page.goto(application(mire, 'ror'));
      await openMode(page, 'compte-local');
      await choose(page, HOSPITAL, 'trois vallees');
      await fillPassword(page, one(HOSPITAL_STAFF));
      const atRor = await claims(page);
      expect(atRor).toMatchObject({ acr: 'eidas1', amr: '["pwd"]', mire_mode: 'compte-local', name: 'Marie Durand' });
      expect(JSON.parse(atRor.structure ?? '{}')).toMatchObject({ id: 'hopital-fictif', roles: ['dim'] });

      await page.goto(application(mire, 'messagerie'));
      expect(await page.locator('[name=password]').count()).toBe(0);
      expect(await page.locator('#renfort').textContent()).toContain('Marie Durand');
      await fillCode(page, await askCode(mire, page));
      const atMail = await claims(page);
      expect(atMail).toMatchObject({ sub: atRor.sub, acr: 'eidas2', amr: '["pwd","otp","mfa"]' });
      expect(JSON.parse(atMail.structure ?? '{}')).toMatchObject({ id: 'hopital-fictif' });
    });

    test("goes to the clinic's own page and back, with two factors", async () => {
      const { page } = await visit({ javaScriptEnabled });
      await page.goto(application(mire, 'messagerie'));
      await openMode(page, 'compte-local');
      await choose(page, CLINIC, 'parc');
      await page.locator('.login-submit').click();
      await page.locator('h1', { hasText: 'Votre compte de la clinique' }).waitFor();
      const { login, password } = one(CLINIC_STAFF);
      await page.locator('[name=login]').fill(login);
      await page.locator('[name=password]').fill(password);
      await page.locator('button[value=two]').click();
      expect(await claims(page)).toMatchObject({ acr: 'eidas2', amr: '["pwd","otp","mfa"]', name: 'Karim Benali' });
    });
  });

  test('the list follows what is typed, and says how many it found', async () => {
    const { page, problems } = await visit();
    await page.goto(application(mire, 'ror'));
    await openMode(page, 'compte-local');
    await page.locator('[name=q]').pressSequentially('villeurb');
    await page.locator('.structures-count', { hasText: '1 structure trouvée' }).waitFor();
    expect(await page.locator('.structure-name').allTextContents()).toEqual([CLINIC]);
    await page.locator('[name=q]').fill('nulle part');
    await page.locator('.structures-count', { hasText: 'Aucune structure' }).waitFor();
    expect(await page.locator('a.structure').count()).toBe(0);
    expect(problems).toEqual([]);
  });

  test('by the keyboard alone', async () => {
    const { page } = await visit();
    await page.goto(`${application(mire, 'ror')}/login?mode=compte-local`);
    await page.locator('[name=q]').focus();
    await page.keyboard.type('trois');
    await page.locator('.structures-count', { hasText: '1 structure trouvée' }).waitFor();
    for (let presses = 0; presses < 4; presses += 1) {
      await page.keyboard.press('Tab');
      if ((await page.locator('a.structure:focus').count()) === 1) break;
    }
    await page.keyboard.press('Enter');
    await page.locator('[name=login]').focus();
    await page.keyboard.type(one(HOSPITAL_STAFF).login);
    await page.keyboard.press('Tab');
    await page.keyboard.type(one(HOSPITAL_STAFF).password);
    await page.keyboard.press('Enter');
    expect(await claims(page)).toMatchObject({ mire_mode: 'compte-local' });
  });

  test.each(['fr', 'en'] as const)('each of its screens is accessible, in %s', async (lang) => {
    // axe's script is not ours: the content policy is off here.
    const { page, context } = await visit({ bypassCSP: true, locale: lang });
    await context.addCookies([{ name: 'mire_lang', value: lang, url: mire.issuer }]);
    const found: string[] = [];
    const look = async (name: string) => {
      expect(await page.locator('html').getAttribute('lang')).toBe(lang);
      found.push(...(await flaws(page, PHONE_AND_WINDOW)).map((flaw) => `${name}: ${flaw}`));
    };
    await page.goto(`${application(mire, 'messagerie')}/login?mode=compte-local`);
    await look('search');
    await page.locator('[name=q]').fill('xyz');
    await page.locator('.login-submit').click();
    await look('nothing found');
    await page.goto(`${page.url().split('?')[0]}/s/hopital-fictif`);
    await look('password');
    await fillPassword(page, { login: 'm.durand', password: 'wrong' });
    await page.locator('#erreur').waitFor();
    await look('wrong password');
    await fillPassword(page, one(HOSPITAL_STAFF));
    await page.locator('#renfort').waitFor();
    await look('a code is missing');
    await page.goto(page.url().replace(/\/code-ephemere.*/, '/compte-local/s/clinique-fictive'));
    await look('provider');
    await page.goto(`${mire.issuer}/sandbox`);
    await look('sandbox');
    expect(found).toEqual([]);
  });
});
