import { createServer, type Server } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import type { Lang } from '../../interactions/layout/lang.ts';
import { describeWith } from '../support/jest/services.ts';
import { freePort, type RunningMire, startMire } from '../support/mire.ts';
import { useChromium } from '../support/pages/chromium.ts';
import { flaws, PHONE_AND_WINDOW } from '../support/pages/screen-flaws.ts';
import { application, askCode, fillCode, fillPassword, openMode } from '../support/pages/visits.ts';

describeWith('chromium', 'every screen around the desktop application is accessible', () => {
  let mire: RunningMire;
  /** Where the page calls: an application that takes the request and does nothing with it. */
  let idle: Server;
  const called: string[] = [];
  beforeAll(async () => {
    const port = await freePort();
    idle = createServer((request, response) => {
      called.push(`${request.method} ${request.url} ${request.headers.origin}`);
      response.writeHead(204, { 'access-control-allow-origin': request.headers.origin ?? '' }).end();
    });
    await new Promise<void>((resolve) => idle.listen(port, '127.0.0.1', resolve));
    mire = await startMire({ env: { RATE_LIMIT_FACTOR: '100', DESKTOP_LOOPBACK_PORT: String(port) } });
  });
  afterAll(async () => {
    await mire?.close();
    idle?.closeAllConnections();
    idle?.close();
  });
  const { visit } = useChromium();

  describe.each(['fr', 'en'] as const)('in %s', (lang: Lang) => {
    async function inspector() {
      // axe's script is not ours: the content policy is off here.
      const { page, context } = await visit({ bypassCSP: true, locale: lang });
      await context.addCookies([{ name: 'mire_lang', value: lang, url: mire.issuer }]);
      const found: string[] = [];
      const look = async (name: string) => {
        found.push(...(await flaws(page, PHONE_AND_WINDOW)).map((flaw) => `${name}: ${flaw}`));
        if ((await page.locator('html').getAttribute('lang')) !== lang) found.push(`${name}: in another language`);
      };
      return { page, look, found };
    }

    async function askOn(page: Page): Promise<{ number: string; code: string }> {
      await page.locator('form[action$="/monsisra"] .login-submit').click();
      return {
        number: (await page.locator('.match-number').textContent())?.trim() ?? '',
        code: (await page.locator('.match-code').textContent()) ?? '',
      };
    }

    test('the tab, the page that waits, a refusal; the simulated application and its requests; the devices', async () => {
      const { page, look, found } = await inspector();
      await page.goto(`${mire.issuer}/sandbox/bureau`);
      await look('desktop, signed out');
      await page.locator('a.login-submit').click();
      await openMode(page, 'code-ephemere');
      await fillPassword(page);
      await fillCode(page, await askCode(mire, page));
      await page.locator('[name=code]').waitFor();
      await look('desktop, signed in');

      const browser = await inspector();
      await browser.page.goto(application(mire, 'messagerie'));
      await openMode(browser.page, 'monsisra');
      await browser.look('tab');
      const { code } = await askOn(browser.page);
      await browser.look('waiting');
      expect(called.at(-1)).toBe(`POST /request ${mire.issuer}`);
      await browser.page.locator('form[action$="/continue"] .login-submit').click();
      await browser.page.locator('[role=status]').waitFor();
      await browser.look('waiting, too early');

      await page.locator('[name=code]').fill(code);
      await page.locator('.login-submit').click();
      await page.locator('[name=answer][value=refuse]').waitFor();
      await look('desktop, a request');
      await page.locator('[name=answer][value=refuse]').click();
      await browser.page.locator('#erreur').waitFor();
      await browser.look('refused');
      await page.locator('[name=code]').fill('AAAAAA');
      await page.locator('.login-submit').click();
      await page.locator('#erreur').waitFor();
      await look('desktop, unknown code');
      await page.goto(`${mire.issuer}/compte/appareils`);
      await page.locator('form[action$="/bureau/retirer"]').first().waitFor();
      await look('devices');
      expect([...found, ...browser.found]).toEqual([]);
    });
  });

  test('by keyboard alone: ask, and go on', async () => {
    const { page } = await visit();
    await page.goto(application(mire, 'messagerie'));
    await openMode(page, 'monsisra');
    await page.locator('form[action$="/monsisra"] .login-submit').focus();
    await page.keyboard.press('Enter');
    await page.locator('.match-number').waitFor();
    await page.locator('form[action$="/continue"] .login-submit').focus();
    await page.keyboard.press('Enter');
    await page.locator('[role=status]').waitFor();
  });
});
