import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Lang } from '../../interactions/layout/lang.ts';
import { describeWith } from '../support/jest/services.ts';
import { type RunningMire, startMire } from '../support/mire.ts';
import { useChromium } from '../support/pages/chromium.ts';
import { type Inspector, inspector } from '../support/pages/screen-flaws.ts';
import { askCode, fillCode, fillPassword } from '../support/pages/visits.ts';
import { signedIn } from '../support/sign-in/steps.ts';

const PAGES = {
  'of who one is and how one signs in': [
    '/compte',
    '/compte/coordonnees',
    '/compte/moyens',
    '/compte/moyens/cle-acces',
    '/compte/moyens/application',
    '/compte/moyens/codes',
    '/compte/mot-de-passe',
    '/compte/annuler',
  ],
  'of what was done and with what, of the help desk, and of who forgot something': [
    '/compte/appareils',
    '/compte/applications',
    '/compte/historique',
    '/compte/donnees',
    '/compte/fermeture',
    '/assistance',
    '/mot-de-passe-oublie',
    '/identifiant-oublie',
  ],
};

describeWith('chromium', 'the pages of an account are accessible', () => {
  let mire: RunningMire;
  beforeAll(async () => {
    mire = await startMire();
    const { storage } = mire.sandbox.parts;
    const found = await storage.accounts.byLoginKey('mdurand');
    await storage.accounts.setRoles(found?.account.id ?? '', ['helpdesk']);
    await signedIn(mire);
  });
  afterAll(() => mire?.close());
  const { visit } = useChromium();

  async function entered(lang: Lang): Promise<Inspector> {
    const inspected = await inspector(visit, mire.issuer, lang);
    const { page } = inspected;
    await page.goto(`${mire.issuer}/compte/entrer?retour=/compte/coordonnees&mode=code-ephemere`);
    await fillPassword(page);
    await fillCode(page, await askCode(mire, page));
    return inspected;
  }

  describe.each(['fr', 'en'] as const)('in %s', (lang) => {
    test.each(Object.entries(PAGES))('at 320 pixels, on a wide screen and at 200 %% %s', async (_of, paths) => {
      const { page, look, found } = await entered(lang);
      for (const path of paths) {
        await page.goto(`${mire.issuer}${path}`);
        expect(new URL(page.url()).pathname).toBe(path);
        await look(path);
      }
      expect(found).toEqual([]);
    });

    test('so are their errors, and what follows their forms', async () => {
      const { page, look, found } = await entered(lang);
      await page.goto(`${mire.issuer}/compte/historique`);
      await page.locator('a[href*="/pas-moi?"]').first().click();
      await page.locator('form[action$="/pas-moi"]').waitFor();
      await look('a sign-in that was somebody else’s');
      await page.goto(`${mire.issuer}/compte/mot-de-passe`);
      await page.locator('.login-submit').click();
      await look('a password that is missing', 422);
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
