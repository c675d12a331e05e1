import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Browser, chromium, type Page } from 'playwright-core';
import { styleSheet } from '../../interactions/assets/assets.ts';
import { binary } from '../support/jest/binaries.ts';
import { describeWith } from '../support/jest/services.ts';
import { axe, overflow } from '../support/pages/chromium.ts';
import { ROOT, renderSample, SAMPLES } from '../support/pages/page-samples.ts';

const VIEWS = [
  { width: 320, height: 640, colorScheme: 'dark' },
  { width: 1280, height: 900, colorScheme: 'light' },
] as const;

describeWith('chromium', 'the pages, in a real browser', () => {
  let browser: Browser;
  const folder = mkdtempSync(join(tmpdir(), 'mire-pages-'));

  beforeAll(async () => {
    browser = await chromium.launch({
      executablePath: binary('chromium') ?? chromium.executablePath(),
      args: ['--no-sandbox'],
    });
    writeFileSync(join(folder, 'mire.css'), styleSheet());
    writeFileSync(join(folder, 'mire.js'), readFileSync(join(ROOT, 'interactions/assets/mire.js')));
    for (const sample of SAMPLES) {
      writeFileSync(join(folder, `${sample.name}.html`), renderSample(sample, 'fr').replaceAll('"/assets/', '"'));
    }
  });
  afterAll(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true });
  });

  const open = (page: Page, name: string) => page.goto(`file://${join(folder, `${name}.html`)}`);

  describe.each(VIEWS)('at $width pixels, $colorScheme', ({ width, height, colorScheme }) => {
    let page: Page;
    beforeAll(async () => {
      page = await browser.newPage({ viewport: { width, height }, colorScheme });
    });
    afterAll(() => page?.close());

    test.each(SAMPLES.map(({ name }) => name))('%s is accessible and never scrolls sideways', async (name) => {
      await open(page, name);
      expect(await overflow(page)).toBeLessThanOrEqual(0);
      expect(await axe(page, {})).toEqual([]);
    });
  });

  test.each([true, false])('an error summary has the focus first (JavaScript: %s)', async (javaScriptEnabled) => {
    const context = await browser.newContext({ javaScriptEnabled });
    const page = await context.newPage();
    await open(page, 'login-mdp-missing');
    expect(await page.locator('#erreur:focus').count()).toBe(1);
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    expect(await page.locator('#champ-login:focus').count()).toBe(1);
    await context.close();
  });

  test('a form is sent once, and a shown password is hidden again before it leaves', async () => {
    const page = await browser.newPage();
    await open(page, 'login-mdp');
    await page.fill('#champ-password', 'x');
    await page.click('.reveal');
    expect(await page.getAttribute('#champ-password', 'type')).toBe('text');
    await page.evaluate(`
    window.sent = 0;
    document.addEventListener('submit', (event) => { if (!event.defaultPrevented) window.sent++; event.preventDefault(); });
  `);
    await page.click('.login-submit');
    await page.click('.login-submit');
    expect(await page.evaluate('window.sent')).toBe(1);
    expect(await page.getAttribute('#champ-password', 'type')).toBe('password');
    await page.close();
  });

  test('a code can be sent again at once when the wait is over', async () => {
    const page = await browser.newPage();
    await page.clock.install();
    await open(page, 'code-code');
    const again = page.locator('[data-wait]');
    expect(await again.isDisabled()).toBe(true);
    expect(await again.textContent()).toBe('Renvoyer un code (dans 27 s)');
    await page.clock.runFor(28_000);
    expect(await again.isDisabled()).toBe(false);
    expect(await again.textContent()).toBe('Renvoyer un code');
    await page.close();
  });
});
