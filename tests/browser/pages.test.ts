import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { styleSheet } from '../../interactions/assets/assets.ts';
import { describeWith } from '../support/jest/services.ts';
import { axe } from '../support/pages/axe.ts';
import { overflow } from '../support/pages/chromium.ts';
import { workersChromium } from '../support/pages/open-chromium.ts';
import { ROOT, renderSample, SAMPLES, type Sample } from '../support/pages/page-samples.ts';

const htmlOf = (sample: Sample) => renderSample(sample, 'fr').replaceAll('"/assets/', '"');

const VIEWS = [
  { width: 320, height: 640, colorScheme: 'dark' },
  { width: 1280, height: 900, colorScheme: 'light' },
] as const;

describeWith('chromium', 'the pages, in a real browser', () => {
  let browser: Browser;
  const folder = mkdtempSync(join(tmpdir(), 'mire-pages-'));

  beforeAll(async () => {
    browser = await workersChromium();
    writeFileSync(join(folder, 'mire.css'), styleSheet());
    writeFileSync(join(folder, 'mire.js'), readFileSync(join(ROOT, 'interactions/assets/mire.js')));
    writeFileSync(join(folder, 'empty.html'), '<!DOCTYPE html>');
    for (const sample of SAMPLES) writeFileSync(join(folder, `${sample.name}.html`), htmlOf(sample));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const open = (page: Page, name: string) => page.goto(`file://${join(folder, `${name}.html`)}`);

  describe.each(VIEWS)('at $width pixels, $colorScheme', ({ width, height, colorScheme }) => {
    let page: Page;
    beforeAll(async () => {
      page = await browser.newPage({ viewport: { width, height }, colorScheme });
      await open(page, 'empty');
    });
    afterAll(() => page?.close());

    test.each(SAMPLES)('$name is accessible and never scrolls sideways', async (sample) => {
      // Written into the page that is open, where axe's script is already.
      await page.setContent(htmlOf(sample));
      expect(await overflow(page)).toBeLessThanOrEqual(0);
      expect(await axe(page)).toEqual([]);
    });
  });

  test.each([true, false])('an error summary has the focus first (JavaScript: %s)', async (javaScriptEnabled) => {
    const context = await browser.newContext({ javaScriptEnabled });
    const page = await context.newPage();
    await open(page, 'login-mdp-missing');
    // `autofocus` waits for the first frame that is drawn.
    await page.locator('#erreur:focus').waitFor();
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.locator('#champ-login:focus').waitFor();
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
