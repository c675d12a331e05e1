import { afterEach, expect } from '@jest/globals';
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import { workersChromium } from './open-chromium.ts';

/** A safety net: nothing waits that long but on a machine that is much too slow. */
const PATIENCE = 90_000;

/** Somebody in front of a browser of their own: a context without a cookie, and one page. */
export interface Visitor {
  readonly page: Page;
  readonly context: BrowserContext;
  /** Everything the browser complained about: script errors, refusals of the content policy, missing files. */
  readonly problems: string[];
}

/** Chromium logs every answer that is not a 2xx; a page that says 401 on purpose is no problem, a lost asset is. */
const isStatusOfPage = (text: string, address: string) =>
  text.startsWith('Failed to load resource: the server responded with a status of') && !address.includes('/assets/');

async function openVisitor(browser: Browser, options: BrowserContextOptions): Promise<Visitor> {
  const context = await browser.newContext({ locale: 'fr-FR', viewport: { width: 1280, height: 900 }, ...options });
  context.setDefaultTimeout(PATIENCE);
  const problems: string[] = [];
  context.on('weberror', (event) => problems.push(String(event.error())));
  context.on('console', (message) => {
    if (message.type() !== 'error' && !/Content Security Policy/i.test(message.text())) return;
    if (!isStatusOfPage(message.text(), message.location().url)) problems.push(message.text());
  });
  return { context, page: await context.newPage(), problems };
}

/** The worker's browser, a context for each visitor of a test; whatever their browsers complained about fails the test. */
export function useChromium(): { visit(options?: BrowserContextOptions): Promise<Visitor> } {
  let visitors: Visitor[] = [];
  afterEach(async () => {
    const problems = visitors.flatMap((visitor) => visitor.problems);
    await Promise.all(visitors.map(({ context }) => context.close()));
    visitors = [];
    expect(problems).toEqual([]);
  });
  return {
    async visit(options = {}) {
      const visitor = await openVisitor(await workersChromium(), options);
      visitors.push(visitor);
      return visitor;
    },
  };
}

/** CSS pixels by which the page is wider than the window. */
export const overflow = async (page: Page): Promise<number> =>
  Number(await page.evaluate('document.documentElement.scrollWidth - window.innerWidth'));
