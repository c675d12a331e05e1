import type { Page } from 'playwright-core';
import type { Lang } from '../../../interactions/layout/lang.ts';
import { axe } from './axe.ts';
import { overflow, type useChromium } from './chromium.ts';

/** A phone; a wide window; the same one at 200 %, where a pixel of the page is two of the screen (WCAG 1.4.4). */
const LOOKS: readonly Look[] = [
  { width: 320, height: 640, colorScheme: 'dark' },
  { width: 1280, height: 900, colorScheme: 'light' },
  { width: 640, height: 450, colorScheme: 'light' },
];
/** The first two of them. */
export const PHONE_AND_WINDOW = LOOKS.slice(0, 2);

export interface Look {
  readonly width: number;
  readonly height: number;
  readonly colorScheme: 'dark' | 'light';
}

/** Links within the page that lead nowhere: those of an error summary name a field. */
const DEAD_LINKS = `[...document.querySelectorAll('a[href^="#"]')].map((link) => link.getAttribute('href'))
  .filter((href) => href.length > 1 && !document.getElementById(href.slice(1)))`;

/** What is wrong with the page as it stands, in each of its looks. */
export async function flaws(page: Page, looks = LOOKS): Promise<string[]> {
  const found = ((await page.evaluate(DEAD_LINKS)) as string[]).map((href) => `no ${href} on the page`);
  for (const { width, height, colorScheme } of looks) {
    await page.setViewportSize({ width, height });
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    const over = await overflow(page);
    if (over > 0) found.push(`${width}px: scrolls sideways by ${over}`);
    for (const violation of await axe(page)) found.push(`${width}px ${colorScheme}: ${violation}`);
  }
  return found;
}

export interface Inspector {
  readonly page: Page;
  readonly look: (name: string, status?: number) => Promise<void>;
  readonly found: string[];
}

/** A page whose flaws are gathered screen by screen. axe's script is not ours: the content policy is off here. */
export async function inspector(
  visit: ReturnType<typeof useChromium>['visit'],
  issuer: string,
  lang: Lang,
): Promise<Inspector> {
  const { page, context } = await visit({ bypassCSP: true, locale: lang });
  await context.addCookies([{ name: 'mire_lang', value: lang, url: issuer }]);
  let status = 0;
  page.on('response', (response) => {
    if (response.request().isNavigationRequest()) status = response.status();
  });
  const found: string[] = [];
  const look = async (name: string, wanted = 200) => {
    if (status !== wanted) found.push(`${name}: ${status} instead of ${wanted} at ${page.url()}`);
    const said = await page.locator('html').getAttribute('lang');
    if (said !== lang) found.push(`${name}: in ${said}`);
    found.push(...(await flaws(page)).map((flaw) => `${name}: ${flaw}`));
  };
  return { page, look, found };
}
