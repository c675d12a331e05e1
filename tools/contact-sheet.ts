/**
 * Lays everything that people see side by side, as a phone of 320 pixels shows it: every page in each of its states, and
 * every message, by day and in the dark. Two pictures in each language:
 *   npm start, then: node tools/contact-sheet.ts <folder> [address, http://localhost:3000 unless said]
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { LANGS, type Lang } from '../interactions/layout/lang.ts';
import { openChromium } from '../tests/support/pages/open-chromium.ts';

const [folder, address = 'http://localhost:3000'] = process.argv.slice(2);
if (folder === undefined) {
  process.stderr.write('Say in which folder to lay the sheets.\n');
  process.exit(2);
}

interface Shot {
  readonly name: string;
  readonly picture: Buffer;
}

/** Not high: what is shorter than a window would be shown with what is under it. */
const PHONE = { width: 320, height: 200 };

const phone = (browser: Browser, colorScheme: 'light' | 'dark', locale: Lang) =>
  browser.newPage({ viewport: PHONE, colorScheme, locale, reducedMotion: 'reduce' });

async function shoot(page: Page, name: string, url: string): Promise<Shot> {
  await page.goto(url);
  return { name, picture: await page.screenshot({ fullPage: true }) };
}

/** @param width of one picture on the sheet; what is longer than `tallest` is cut there */
async function lay(browser: Browser, file: string, shots: readonly Shot[], { width = 0, tallest = 0, columns = 0 }) {
  const figures = shots.map(
    ({ name, picture }) =>
      `<figure><figcaption>${name}</figcaption><img src="data:image/png;base64,${picture.toString('base64')}" alt=""></figure>`,
  );
  const page = await browser.newPage({ viewport: { width: columns * (width + 16) + 16, height: 800 } });
  await page.setContent(`<!doctype html><style>
    body{margin:16px;display:grid;grid-template-columns:repeat(${columns},${width}px);gap:16px;background:#888;font:12px sans-serif}
    figure{margin:0}figcaption{overflow-wrap:anywhere}img{width:100%;max-height:${tallest}px;object-fit:cover;object-position:top}
    </style>${figures.join('')}`);
  const path = join(folder ?? '', file);
  await page.screenshot({ path, fullPage: true });
  await page.close();
  process.stdout.write(`${path}: ${shots.length} pictures\n`);
}

/** From the files that tools/preview.ts writes: no state needs a sign-in. */
async function pages(browser: Browser, lang: Lang): Promise<Shot[]> {
  const written = mkdtempSync(join(tmpdir(), 'mire-pages-'));
  try {
    execFileSync(process.execPath, [join(import.meta.dirname, 'preview.ts'), written]);
    const page = await phone(browser, 'light', lang);
    const shots: Shot[] = [];
    for (const file of readdirSync(written).filter((name) => name.endsWith(`.${lang}.html`)))
      shots.push(await shoot(page, file, pathToFileURL(join(written, file)).href));
    await page.close();
    return shots;
  } finally {
    rmSync(written, { recursive: true });
  }
}

/** From the gallery of the sandbox: each mail by day, in the dark and as text; the gallery itself shows the SMS. */
async function messages(browser: Browser, lang: Lang): Promise<Shot[]> {
  const [day, night] = [await phone(browser, 'light', lang), await phone(browser, 'dark', lang)];
  const gallery = `${address}/sandbox/courriers`;
  await day.goto(`${gallery}?lang=${lang}`);
  const sms = await day.locator('section[aria-labelledby=sms]').screenshot();
  const links = await day.locator('a[href^="/sandbox/courriers/"]').all();
  const hrefs = await Promise.all(links.map((link) => link.getAttribute('href')));
  const shots: Shot[] = [{ name: 'SMS', picture: sms }];
  for (const href of hrefs) {
    const name = (href ?? '').replace('/sandbox/courriers/', '');
    // In the dark by its own choice, as a client does it, and not by the one that the gallery forces.
    const [page, path] = name.endsWith('?sombre') ? [night, name.replace('?sombre', '')] : [day, name];
    shots.push(await shoot(page, name, `${gallery}/${path}`));
  }
  await Promise.all([day.close(), night.close()]);
  return shots;
}

mkdirSync(folder, { recursive: true });
const browser = await openChromium();
try {
  for (const lang of LANGS) {
    await lay(browser, `messages-${lang}.png`, await messages(browser, lang), {
      width: 320,
      tallest: 900,
      columns: 12,
    });
    await lay(browser, `pages-${lang}.png`, await pages(browser, lang), { width: 160, tallest: 480, columns: 20 });
  }
} finally {
  await browser.close();
}
