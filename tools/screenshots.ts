/**
 * Takes the pictures of the documentation from a running sandbox:
 *   npm start, then: node tools/screenshots.ts [folder, docs/images unless said] [address, http://localhost:3000 unless said]
 */
import { mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { openChromium } from '../tests/support/pages/open-chromium.ts';

const [folder = 'docs/images', address = 'http://localhost:3000'] = process.argv.slice(2);
const PICTURES = [
  { file: 'sign-in.png', viewport: { width: 1280, height: 860 } },
  { file: 'sign-in-phone.png', viewport: { width: 390, height: 844 } },
  { file: 'structures.png', viewport: { width: 1280, height: 860 }, query: 'mode=compte-local', field: 'q' },
  { file: 'psc.png', viewport: { width: 1100, height: 640 }, query: 'mode=psc', field: '_csrf' },
];
/** Bytes. A README that is slow to show is not read. */
const HEAVIEST = 150_000;

mkdirSync(folder, { recursive: true });
const browser = await openChromium();
try {
  for (const { file, viewport, query = 'mode=code-ephemere', field = 'login' } of PICTURES) {
    const page = await browser.newPage({ viewport, locale: 'fr-FR', colorScheme: 'light', reducedMotion: 'reduce' });
    await page.goto(`${address}/sandbox/apps/messagerie/login?${query}`);
    await page.locator(`[name=${field}]`).first().waitFor({ state: 'attached' });
    const path = join(folder, file);
    await page.screenshot({ path });
    await page.close();
    const { size } = statSync(path);
    if (size > HEAVIEST) throw new Error(`${path} weighs ${size} bytes, more than ${HEAVIEST}`);
    process.stdout.write(`${path}: ${size} bytes\n`);
  }
} finally {
  await browser.close();
}
