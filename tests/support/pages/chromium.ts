import { createRequire } from 'node:module';
import { afterAll, afterEach, beforeAll, expect } from '@jest/globals';
import type { RunOptions } from 'axe-core';
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import { openChromium } from './open-chromium.ts';

const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
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
  context.setDefaultTimeout(10_000);
  const problems: string[] = [];
  context.on('weberror', (event) => problems.push(String(event.error())));
  context.on('console', (message) => {
    if (message.type() !== 'error' && !/Content Security Policy/i.test(message.text())) return;
    if (!isStatusOfPage(message.text(), message.location().url)) problems.push(message.text());
  });
  return { context, page: await context.newPage(), problems };
}

/** One browser for the tests of a `describe`; whatever its visitors' browsers complained about fails the test. */
export function useChromium(): { visit(options?: BrowserContextOptions): Promise<Visitor> } {
  let browser: Browser;
  let visitors: Visitor[] = [];
  beforeAll(async () => {
    browser = await openChromium();
  });
  afterEach(async () => {
    const problems = visitors.flatMap((visitor) => visitor.problems);
    await Promise.all(visitors.map(({ context }) => context.close()));
    visitors = [];
    expect(problems).toEqual([]);
  });
  afterAll(() => browser?.close());
  return {
    async visit(options = {}) {
      const visitor = await openVisitor(browser, options);
      visitors.push(visitor);
      return visitor;
    },
  };
}

const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** What axe finds on the page as it stands. Its script needs a page without a content policy, or `bypassCSP`. */
export async function axe(page: Page, options: RunOptions = { runOnly: TAGS }): Promise<string[]> {
  if (!(await page.evaluate('"axe" in window'))) await page.addScriptTag({ path: AXE });
  // Only what is read of a report crosses from the browser: a whole one takes longer to send than to make.
  const { passed, violations } = (await page.evaluate(`axe.run(${JSON.stringify(options)}).then((report) => ({
    passed: report.passes.length,
    violations: report.violations.flatMap(({ id, nodes }) => nodes.map(({ target }) => id + ': ' + target.join(' '))),
  }))`)) as { passed: number; violations: string[] };
  if (passed <= 10) throw new Error(`axe only looked at ${passed} rules`);
  return violations;
}

/** CSS pixels by which the page is wider than the window. */
export const overflow = async (page: Page): Promise<number> =>
  Number(await page.evaluate('document.documentElement.scrollWidth - window.innerWidth'));
