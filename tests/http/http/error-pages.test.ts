import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Browser } from '../../support/http/browser.ts';
import { raw } from '../../support/http/raw-request.ts';
import { type RunningMire, startMire } from '../../support/mire.ts';
import { beginLogin } from '../../support/sign-in/steps.ts';

const SUPPORT = /[2-9A-HJKMNP-TV-Z]{4}-[2-9A-HJKMNP-TV-Z]{4}/;

describe('an error that a person sees', () => {
  let mire: RunningMire;
  beforeAll(async () => {
    mire = await startMire();
  });
  afterAll(() => mire.close());

  test.each([
    ['an unknown application', '/authorize?client_id=nobody&response_type=code', 400],
    ['no application', '/authorize', 400],
    ['a foreign redirect', '/authorize?client_id=ror&redirect_uri=https://evil.example/&response_type=code', 400],
    ['an unknown page of the protocol', '/authorize/none', 400],
    ['a lost resume', '/authorize/0123456789abcdefghijk', 400],
    ['an interaction that is not there', '/interaction/none', 400],
    ['a page that is not there', '/none', 404],
  ])('%s: in the house style, in words, with a support code that the log has too', async (_what, path, status) => {
    const page = await new Browser(mire.issuer).get(path);
    expect([page.status, page.headers.get('content-language'), page.headers.get('cache-control')]).toEqual([
      status,
      'fr',
      'no-store',
    ]);
    expect(page.page.querySelector('title')?.text).toMatch(/^Erreur/);
    expect(page.page.querySelector('h1')).not.toBeNull();
    expect(page.page.querySelectorAll('a').map((link) => link.getAttribute('href'))).toContain(
      mire.settings.SUPPORT_URL,
    );
    const code = SUPPORT.exec(page.page.querySelector('.support-code')?.text ?? '')?.[0];
    expect(code).toBeTruthy();
    expect(mire.logs.some((line) => line.includes(String(code)))).toBe(true);
  });

  test('a program that asks for JSON gets JSON', async () => {
    for (const [path, status] of [
      ['/none', 404],
      ['/interaction/none', 400],
    ] as const) {
      const answer = await raw(mire.issuer, { path, headers: { accept: 'application/json' } });
      expect(answer.status).toBe(status);
      expect(JSON.parse(answer.body)).toEqual({
        error: expect.any(String),
        support_code: expect.stringMatching(SUPPORT),
      });
    }
    const protocol = await raw(mire.issuer, {
      path: '/authorize?client_id=nobody&response_type=code',
      headers: { accept: 'application/json' },
    });
    expect(JSON.parse(protocol.body)).toMatchObject({
      error: 'invalid_client',
      support_code: expect.stringMatching(SUPPORT),
    });
    expect(protocol.status).toBe(400);
  });

  test('no words from the address stand on a page of ours', async () => {
    const phishing = 'Appelez le 06 12 34 56 78 <b>maintenant</b>';
    const said = new URLSearchParams({
      error: phishing,
      error_description: phishing,
      state: phishing,
      client_id: phishing,
      redirect_uri: phishing,
      mode: phishing,
      lang: phishing,
    }).toString();
    const { browser, page } = await beginLogin(mire);
    for (const path of [
      '/',
      '/authorize',
      '/none',
      '/device',
      '/logout',
      '/conditions',
      '/interaction/none',
      page.url.pathname,
      '/sandbox',
      '/sandbox/inbox',
      '/sandbox/apps/ror/bye',
    ]) {
      const { body } = await browser.get(`${mire.issuer}${path}?${said}`);
      expect([path, body.includes('06 12 34'), body.includes('<b>maintenant')]).toEqual([path, false, false]);
    }
  });

  test('what somebody put in a request stands escaped, wherever it stands', async () => {
    const hint = '"><img src=x onerror=alert(1)>';
    const { page } = await beginLogin(mire, {
      parameters: { login_hint: hint, ui_locales: hint, claims: '{"userinfo":{"x":null}}' },
    });
    expect(page.page.querySelector('[name=login]')?.getAttribute('value')).toBe(hint);
    expect(page.page.querySelector('img[src=x]')).toBeNull();
    expect(page.body).not.toContain('<img src=x');
  });

  test('no secret stands in the log of all this', async () => {
    const { browser } = await beginLogin(mire);
    await browser.submit({ login: 'mdurand', password: 'A-very-secret-guess' });
    await browser.submit({ login: 'mdurand', password: 'Mire-sandbox-2026!' });
    const all = mire.logs.join('\n');
    for (const secret of [
      'A-very-secret-guess',
      'Mire-sandbox-2026!',
      'ror-sandbox-secret',
      'mdurand',
      browser.current?.url.searchParams.get('code') ?? 'no code',
    ]) {
      expect([secret, all.includes(secret)]).toEqual([secret, false]);
    }
  });
});
