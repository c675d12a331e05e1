import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import { axe, overflow, useChromium } from '../support/chromium.ts';
import { type RunningMire, startMire } from '../support/mire.ts';
import { describeWith } from '../support/services.ts';
import { askCode, fillCode, fillPassword } from '../support/visits.ts';

/** 320 CSS pixels are also a 640 pixel window at 200 % (WCAG 1.4.10). */
const LOOKS = [
  { width: 320, height: 640, colorScheme: 'dark' },
  { width: 1280, height: 900, colorScheme: 'light' },
] as const;

async function flaws(page: Page): Promise<string[]> {
  const found: string[] = [];
  for (const { width, height, colorScheme } of LOOKS) {
    await page.setViewportSize({ width, height });
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    const over = await overflow(page);
    if (over > 0) found.push(`${width}px: scrolls sideways by ${over}`);
    for (const violation of await axe(page)) found.push(`${width}px ${colorScheme}: ${violation}`);
  }
  return found;
}

const PAGES = [
  '/compte',
  '/compte/coordonnees',
  '/compte/moyens',
  '/compte/moyens/cle-acces',
  '/compte/moyens/application',
  '/compte/moyens/codes',
  '/compte/mot-de-passe',
  '/compte/appareils',
  '/compte/applications',
  '/compte/historique',
  '/compte/donnees',
  '/compte/fermeture',
  '/compte/annuler',
  '/assistance',
  '/mot-de-passe-oublie',
  '/identifiant-oublie',
];

describeWith('chromium', 'the pages of an account are accessible', () => {
  let mire: RunningMire;
  beforeAll(async () => {
    mire = await startMire();
    const { storage } = mire.sandbox.parts;
    const found = await storage.accounts.byLoginKey('mdurand');
    await storage.accounts.setRoles(found?.account.id ?? '', ['helpdesk']);
  });
  afterAll(() => mire?.close());
  const { visit } = useChromium();

  describe.each(['fr', 'en'] as const)('in %s', (lang) => {
    test('at 320 pixels and on a wide screen, with their errors', async () => {
      const { page, context } = await visit({ bypassCSP: true, locale: lang });
      await context.addCookies([{ name: 'mire_lang', value: lang, url: mire.issuer }]);
      const found: string[] = [];
      const look = async (name: string) => {
        const said = await page.locator('html').getAttribute('lang');
        if (said !== lang) found.push(`${name}: in ${said}`);
        found.push(...(await flaws(page)).map((flaw) => `${name}: ${flaw}`));
      };
      await page.goto(`${mire.issuer}/compte/entrer?retour=/compte/coordonnees&mode=code-ephemere`);
      await fillPassword(page);
      await fillCode(page, await askCode(mire, page));
      for (const path of PAGES) {
        await page.goto(`${mire.issuer}${path}`);
        expect(new URL(page.url()).pathname).toBe(path);
        await look(path);
      }
      await page.goto(`${mire.issuer}/compte/mot-de-passe`);
      await page.locator('.login-submit').click();
      await look('a password that is missing');
      await page.goto(`${mire.issuer}/compte/coordonnees`);
      await page.locator('[name=email]').fill(`nouvelle-${lang}@hopital.example`);
      await page.locator('.login-submit').first().click();
      await page.locator('[name=code]').waitFor();
      await look('the code of a new address');
      await page.goto(`${mire.issuer}/compte/moyens/codes`);
      await page.locator('.login-submit').click();
      await page.locator('li code').first().waitFor();
      await look('ten codes');
      await page.goto(`${mire.issuer}/mot-de-passe-oublie`);
      await page.locator('[name=login]').fill('nobody');
      await page.locator('.login-submit').click();
      await page.locator('[name=code]').waitFor();
      await look('the code of a forgotten password');
      expect(found).toEqual([]);
    });
  });

  test('the link of a mail brings its code into the field, and out of the address', async () => {
    const { page } = await visit();
    await page.goto(`${mire.issuer}/compte/annuler#ABCDE-FGHJK-23456-789AB`);
    expect(await page.locator('[name=undo_code]').inputValue()).toBe('ABCDE-FGHJK-23456-789AB');
    expect(page.url()).not.toContain('ABCDE');
  });
});
