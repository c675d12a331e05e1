import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { describeWith } from '../support/jest/services.ts';
import { type RunningMire, startMire } from '../support/mire.ts';
import { overflow, useChromium } from '../support/pages/chromium.ts';
import { flaws, inspector, PHONE_AND_WINDOW } from '../support/pages/screen-flaws.ts';

/** One of each form: a code, what can be undone, what is only told, a list of values, the longest button. */
const FORMS = ['code-sign-in', 'password-changed', 'new-browser', 'account-taken-back', 'client-certificate-ends'];

/** A mail is a part of the page of whoever shows it: that has the landmarks, and the subject as its heading. */
const OF_THE_CLIENT = /landmark-one-main|page-has-heading-one|region: \.ground/;

describeWith('chromium', 'every mail, as a client shows it', () => {
  let mire: RunningMire;
  beforeAll(async () => {
    mire = await startMire();
  });
  afterAll(() => mire?.close());
  const { visit } = useChromium();

  describe.each(['fr', 'en'] as const)('in %s', (lang) => {
    test('the gallery', async () => {
      const { page, look, found } = await inspector(visit, mire.issuer, lang);
      await page.goto(`${mire.issuer}/sandbox/courriers`);
      await look('gallery');
      expect(await page.locator('article').count()).toBeGreaterThan(35);
      expect(found).toEqual([]);
    });

    test('fits a phone of 320 pixels', async () => {
      const { page } = await visit({ bypassCSP: true, locale: lang });
      await page.setViewportSize({ width: 320, height: 640 });
      await page.goto(`${mire.issuer}/sandbox/courriers?lang=${lang}`);
      const hrefs = await page
        .locator(`a[href$="/${lang}"]`)
        .evaluateAll((links) => links.map((link) => link.getAttribute('href') ?? ''));
      expect(hrefs.length).toBeGreaterThan(30);
      const wide: string[] = [];
      for (const href of hrefs) {
        await page.goto(`${mire.issuer}${href}`);
        if ((await overflow(page)) > 0) wide.push(href);
      }
      expect(wide).toEqual([]);
    });

    test.each(FORMS)('%s can be read, by day and in the dark', async (kind) => {
      const { page } = await visit({ bypassCSP: true, locale: lang });
      await page.goto(`${mire.issuer}/sandbox/courriers/${kind}/${lang}`);
      const found = await flaws(page, PHONE_AND_WINDOW);
      expect(found.filter((flaw) => !OF_THE_CLIENT.test(flaw))).toEqual([]);
      await page.emulateMedia({ colorScheme: 'dark' });
      const grounds = await page.evaluate(
        `[document.body, document.querySelector('.ground')].map((one) => getComputedStyle(one).backgroundColor)`,
      );
      expect(grounds).toEqual(['rgb(30, 30, 30)', 'rgb(30, 30, 30)']);
    });
  });
});
