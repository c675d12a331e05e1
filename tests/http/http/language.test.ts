import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Browser } from '../../support/http/browser.ts';
import { type RunningMire, startMire } from '../../support/mire.ts';
import { MDURAND, messages } from '../../support/sign-in/journeys.ts';
import { begin } from '../../support/sign-in/steps.ts';

describe('the language of a page', () => {
  let mire: RunningMire;
  beforeAll(async () => {
    mire = await startMire();
  });
  afterAll(() => mire.close());

  const languageFor = async (accept: string, parameters: Record<string, string> = {}) => {
    const browser = new Browser(mire.issuer, { 'accept-language': accept });
    const { page } = await begin(mire, { browser, parameters });
    expect(page.page.querySelector('html')?.getAttribute('lang')).toBe(page.headers.get('content-language'));
    return page.headers.get('content-language');
  };

  test.each([
    ['fr', {}, 'fr'],
    ['en-GB,en;q=0.9', {}, 'en'],
    ['de', {}, 'fr'],
    ['', {}, 'fr'],
    ['*;q=x,,;', {}, 'fr'],
    ['fr', { ui_locales: 'en' }, 'en'],
    ['en', { ui_locales: 'fr-FR en' }, 'fr'],
    ['fr', { ui_locales: 'de EN-us' }, 'en'],
    ['en', { ui_locales: 'de' }, 'en'],
  ])('a browser of "%s", an application that asks for %j: %s', async (accept, parameters, lang) => {
    expect(await languageFor(accept, parameters)).toBe(lang);
  });

  test("the person's own choice wins, stays on the page, and goes on through the sign-in and its message", async () => {
    const { browser, page } = await begin(mire, {
      client: 'messagerie',
      parameters: { ui_locales: 'fr', mode: 'code-ephemere' },
    });
    const link = page.page.querySelector('a.language')?.getAttribute('href') ?? '';
    const english = await browser.get(link);
    expect([english.headers.get('content-language'), english.url.pathname]).toEqual(['en', page.url.pathname]);
    await browser.submit(MDURAND);
    const sent = mire.sandbox.inbox.list().length;
    const code = await browser.submit({ channel: 'mail' });
    expect(code.headers.get('content-language')).toBe('en');
    const [message] = await messages(mire, sent + 1);
    expect(message?.text).toMatch(/your .*code/i);
    expect((await browser.get(`${mire.issuer}/none`)).headers.get('content-language')).toBe('en');
    expect((await browser.get(`${mire.issuer}/?lang=fr`)).headers.get('content-language')).toBe('fr');
    expect((await browser.get(`${mire.issuer}/`)).headers.get('content-language')).toBe('fr');
  });

  test('no other language can be chosen, nor anything else be put there', async () => {
    const browser = new Browser(mire.issuer);
    for (const lang of ['de', '../../etc/passwd', '<script>', '__proto__', 'constructor', '']) {
      const page = await browser.get(`${mire.issuer}/?lang=${encodeURIComponent(lang)}&lang=de`);
      expect([lang, page.status, page.headers.get('content-language')]).toEqual([lang, 200, 'fr']);
    }
    const forged = new Browser(mire.issuer, { cookie: 'mire_lang=__proto__' });
    expect((await forged.get('/')).status).toBe(200);
  });

  test("the protocol's own error page follows ui_locales", async () => {
    const page = await new Browser(mire.issuer).get('/authorize?client_id=nobody&response_type=code&ui_locales=en');
    expect(page.headers.get('content-language')).toBe('en');
  });
});
