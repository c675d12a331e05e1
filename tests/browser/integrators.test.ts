import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { describeWith } from '../support/jest/services.ts';
import { type RunningMire, startMire } from '../support/mire.ts';
import { useChromium } from '../support/pages/chromium.ts';
import { flaws, PHONE_AND_WINDOW } from '../support/pages/screen-flaws.ts';
import { fillCode, reachCode } from '../support/pages/visits.ts';

describeWith('chromium', 'the portal of integrators, in a real browser', () => {
  let mire: RunningMire;
  beforeAll(async () => {
    mire = await startMire();
  });
  afterAll(() => mire?.close());
  const { visit } = useChromium();

  test.each([true, false])(
    'from nothing to settings that can be copied (JavaScript: %s)',
    async (javaScriptEnabled) => {
      const { page } = await visit({ javaScriptEnabled, ...(javaScriptEnabled ? { bypassCSP: true } : {}) });
      const found: string[] = [];
      const look = async (name: string) => {
        if (!javaScriptEnabled) return;
        for (const flaw of await flaws(page, PHONE_AND_WINDOW)) found.push(`${name}: ${flaw}`);
      };
      await fillCode(page, await reachCode(mire, page, `${mire.issuer}/integrateurs`));
      await page.waitForURL(`${mire.issuer}/integrateurs`);
      await look('list');
      await page.locator('.login-submit').click();
      await look('form');
      await page.locator('#champ-name').fill('Agenda des gardes');
      await page.locator('#champ-redirect_uris').fill('https://*.example.org/');
      await page.locator('.login-submit').click();
      expect(await page.locator('[aria-invalid="true"]').getAttribute('name')).toBe('redirect_uris');
      expect(await page.locator('#champ-redirect_uris').inputValue()).toBe('https://*.example.org/');
      await look('form, wrong');
      await page.locator('#champ-redirect_uris').fill('https://agenda.example.org/callback');
      await page.locator('.login-submit').click();
      expect(await page.locator('dd').nth(1).textContent()).toMatch(/^[\w-]{43}$/);
      await look('secret');
      await page.locator('.login-submit').click();
      await page.locator('summary').first().click();
      expect(await page.locator('pre').first().textContent()).toContain('https://agenda.example.org/callback');
      await look('application');
      await page.locator('form[action$="/production"] button').click();
      expect(await page.locator('.eyebrow').textContent()).toContain('demandée');
      await look('submitted');
      expect(found).toEqual([]);
    },
  );
});
