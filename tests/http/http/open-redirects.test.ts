import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Browser } from '../../support/http/browser.ts';
import { raw } from '../../support/http/raw-request.ts';
import { type RunningMire, startMire } from '../../support/mire.ts';
import { beginLogin, csrfOf, interactionOf, signedIn } from '../../support/sign-in/steps.ts';

const EVIL = [
  'https://evil.example',
  '//evil.example',
  '/\\evil.example',
  '\\\\evil.example',
  '///evil.example',
  '/%09/evil.example',
  'https:evil.example',
  'javascript:alert(1)',
  'data:text/html,x',
  'http://localhost:4000@evil.example/',
  'http://localhost:4000.evil.example/',
  'http://localhost:4000/evil',
  'http://localhost:4000',
  'HTTP://LOCALHOST:4000/',
  'http://localhost:4000/?next=//evil.example',
  'http://localhost:4000/#//evil.example',
  'http://localhost:4000//evil.example',
  '%2f%2fevil.example',
  ' http://localhost:4000/',
  'http://localhost:4000/\n',
];

describe('no link of ours leads where a stranger says', () => {
  let mire: RunningMire;
  beforeAll(async () => {
    mire = await startMire();
  });
  afterAll(() => mire.close());

  test('after logout: registered addresses only, compared as they are written', async () => {
    const { browser, tokens } = await signedIn(mire);
    const address = (uri: string) =>
      `/logout?${new URLSearchParams({ id_token_hint: tokens.id_token ?? '', post_logout_redirect_uri: uri })}`;
    for (const uri of EVIL) {
      const page = await browser.get(`${mire.issuer}${address(uri)}`);
      expect([uri, page.url.origin, page.status]).toEqual([uri, mire.issuer, 400]);
      expect(page.page.querySelector('form[id="op.logoutForm"]')).toBeNull();
    }
    await browser.get(`${mire.issuer}${address('http://localhost:4000/')}`);
    expect((await browser.submit({ logout: 'yes' }, '/logout/confirm')).url.href).toBe('http://localhost:4000/');
  });

  test('after logout without a hint nobody is redirected, and nobody is signed out unasked', async () => {
    const { browser, application } = await signedIn(mire);
    for (const uri of ['http://localhost:4000/', ...EVIL.slice(0, 4)]) {
      const page = await browser.get(`${mire.issuer}/logout?${new URLSearchParams({ post_logout_redirect_uri: uri })}`);
      expect([uri, page.url.origin]).toEqual([uri, mire.issuer]);
    }
    expect((await browser.post(`${mire.issuer}/logout/confirm`, { logout: 'yes' })).status).toBe(400);
    expect((await browser.post(`${mire.issuer}/logout/confirm`, { logout: 'yes', xsrf: 'x' })).status).toBe(400);
    expect(
      (await browser.get((await application.start({ prompt: 'none' })).url)).url.searchParams.get('code'),
    ).toBeTruthy();
  });

  test('leaving a sign-in goes to the application that began it, whatever the form adds', async () => {
    const { browser, page } = await beginLogin(mire);
    const extra = Object.fromEntries(
      ['redirect_uri', 'returnTo', 'return_to', 'next', 'url', 'uri', 'error'].map((name) => [
        name,
        'https://evil.example/',
      ]),
    );
    const back = await browser.post(`${interactionOf(page)}/abort?${new URLSearchParams(extra)}`, {
      _csrf: csrfOf(page),
      ...extra,
    });
    expect(back.url.origin + back.url.pathname).toBe('http://localhost:4000/callback');
    expect(back.redirects.slice(1).every((address) => !address.includes('evil'))).toBe(true);
  });

  test('what stands in the address of a step changes nothing of the request behind it', async () => {
    const { browser, page, started } = await beginLogin(mire);
    const changed = new URLSearchParams({
      redirect_uri: 'https://evil.example/',
      scope: 'openid identite_ps',
      client_id: 'cerveau',
      acr_values: 'eidas3',
      state: 'x',
      nonce: 'y',
    });
    const back = await browser.post(`${page.url.pathname}?${changed}`, {
      _csrf: csrfOf(page),
      login: 'mdurand',
      password: 'Mire-sandbox-2026!',
      redirect_uri: 'https://evil.example/',
    });
    expect((await started.finish(back.url)).claims()).toMatchObject({ aud: 'ror' });
  });

  test('no path of ours redirects to another host by its form', async () => {
    for (const path of [
      '//evil.example',
      '//evil.example/..',
      '/\\evil.example',
      '/%5cevil.example',
      '//evil.example/interaction/x',
      '/sandbox//evil.example',
      '/interaction//evil.example',
      '/assets//evil.example',
      '/?lang=//evil.example',
    ]) {
      const { headers, status } = await raw(mire.issuer, { path, headers: { accept: 'text/html' } });
      const location =
        headers.location === undefined ? undefined : new URL(String(headers.location), mire.issuer).origin;
      expect([path, location ?? mire.issuer, status < 500]).toEqual([path, mire.issuer, true]);
    }
  });

  test('the language link stays on its page', async () => {
    const browser = new Browser(mire.issuer);
    for (const path of ['/', '/none?next=//evil.example', '/conditions?lang=fr']) {
      const page = await browser.get(`${mire.issuer}${path}`);
      const href = page.page.querySelector('a.language')?.getAttribute('href') ?? '';
      expect(new URL(href, page.url).origin + new URL(href, page.url).pathname).toBe(mire.issuer + page.url.pathname);
    }
  });
});
