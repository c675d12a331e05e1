import type { BrowserContext, BrowserContextOptions, CDPSession, Page } from 'playwright-core';
import { workersChromium } from './open-chromium.ts';

/** A safety net: nothing waits that long but on a machine that is much too slow. */
const PATIENCE = 90_000;
const WINDOW = { width: 1280, height: 900 };
/** How many that are alike are kept for the next test. */
const KEPT = 2;

/** Somebody in front of a browser of their own: a context without a cookie, and one page. */
export interface Visitor {
  readonly page: Page;
  readonly context: BrowserContext;
  /** Everything the browser complained about: script errors, refusals of the content policy, missing files. */
  readonly problems: string[];
}

export interface VisitOptions extends BrowserContextOptions {
  /** The test changes what `clean` does not put back (its clock, an authenticator, a certificate): nobody comes after it. */
  readonly own?: boolean;
}

interface Opened extends Visitor {
  readonly options: VisitOptions;
  readonly cdp: CDPSession;
}

/** Chromium logs every answer that is not a 2xx; a page that says 401 on purpose is no problem, a lost asset is. */
const isStatusOfPage = (text: string, address: string) =>
  text.startsWith('Failed to load resource: the server responded with a status of') && !address.includes('/assets/');

/** Those that wait for the next test, by their options. A window costs as much as ten pages in it. */
const idle = new Map<string, Opened[]>();
const keyOf = (options: VisitOptions) => JSON.stringify(Object.entries(options).sort());

export async function arrive(options: VisitOptions): Promise<Opened> {
  const kept = idle.get(keyOf(options))?.pop();
  return kept?.context.browser()?.isConnected() ? kept : open(options);
}

/** Closes it, or keeps it for the next one who wants the same. */
export async function leave(visitor: Opened): Promise<void> {
  // One that cannot be cleaned, as its page hangs or crashed, is closed.
  const reusable = !visitor.options.own && (await clean(visitor).catch(() => false));
  const key = keyOf(visitor.options);
  const alike = idle.get(key) ?? [];
  if (reusable && alike.length < KEPT) idle.set(key, [...alike, visitor]);
  else await visitor.context.close();
}

async function open(options: VisitOptions): Promise<Opened> {
  const { own: _own, ...ofContext } = options;
  const browser = await workersChromium();
  const context = await browser.newContext({ locale: 'fr-FR', viewport: WINDOW, ...ofContext });
  context.setDefaultTimeout(PATIENCE);
  const problems: string[] = [];
  context.on('weberror', (event) => problems.push(String(event.error())));
  context.on('console', (message) => {
    if (message.type() !== 'error' && !/Content Security Policy/i.test(message.text())) return;
    if (!isStatusOfPage(message.text(), message.location().url)) problems.push(message.text());
  });
  const page = await context.newPage();
  return { options, context, page, problems, cdp: await context.newCDPSession(page) };
}

/** As a new one would be. @returns whether it is: what a page keeps in its storage, or a page that was closed, is not. */
async function clean({ page, context, cdp, problems, options }: Opened): Promise<boolean> {
  const [first, ...others] = context.pages();
  if (first !== page) return false;
  await Promise.all(others.map((other) => other.close()));
  if (await page.evaluate('/^http/.test(location.protocol) && localStorage.length + sessionStorage.length > 0'))
    return false;
  page.removeAllListeners('response');
  await context.unrouteAll();
  await page.goto('about:blank');
  await Promise.all([
    context.clearCookies(),
    cdp.send('Network.clearBrowserCache'),
    cdp.send('Page.resetNavigationHistory'),
    page.setViewportSize(options.viewport ?? WINDOW),
    page.emulateMedia({
      colorScheme: options.colorScheme ?? 'light',
      forcedColors: options.forcedColors ?? 'none',
      reducedMotion: options.reducedMotion ?? 'no-preference',
    }),
    page.mouse.move(-1, -1),
  ]);
  problems.splice(0);
  return true;
}
