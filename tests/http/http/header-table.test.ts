import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { FORM, form, type RawAnswer, raw } from '../../support/http/raw-request.ts';
import { type RunningMire, startMire } from '../../support/mire.ts';
import { beginLogin, csrfOf, signedIn } from '../../support/sign-in/steps.ts';

type Kind = 'page' | 'protocol' | 'public' | 'asset' | 'health';

interface Answer extends RawAnswer {
  readonly kind: Kind;
}

const one = (value: string | string[] | undefined): string => [value].flat().join(' ; ');

/** What every answer says, whatever it is and however it ends; the fewest words that could be missing somewhere. */
describe('every kind of answer has its headers', () => {
  let mire: RunningMire;
  const answers = new Map<string, Answer>();
  beforeAll(async () => {
    mire = await startMire({ env: { ISSUER: 'https://mire.example.fr', TRUSTED_PROXIES: '127.0.0.1,::1' } });
    const plain = await startMire();
    const behind = (path: string, more: Partial<Parameters<typeof raw>[1]> = {}) =>
      raw(`http://localhost:${mire.settings.PORT}`, {
        path,
        ...more,
        headers: { host: 'mire.example.fr', 'x-forwarded-proto': 'https', accept: 'text/html', ...more.headers },
      });
    const note = async (name: string, kind: Kind, asked: Promise<RawAnswer>) => {
      answers.set(name, { ...(await asked), kind });
    };
    await note('home', 'page', behind('/'));
    await note('a page of text', 'page', behind('/conditions'));
    await note('not found', 'page', behind('/nothing'));
    await note('a method that is not allowed', 'page', behind('/', { method: 'POST' }));
    await note('an unknown interaction', 'page', behind('/interaction/x'));
    await note('a form that is no form', 'page', behind('/interaction/x/login-mdp', { method: 'POST', body: 'x' }));
    await note('another host', 'page', behind('/', { headers: { host: 'evil.example' } }));
    await note('an authorization request that leads nowhere', 'page', behind('/authorize'));
    await note('the page of devices', 'page', behind('/device'));
    await note('logout', 'page', behind('/logout'));
    await note('a refused token request', 'protocol', behind('/token', { method: 'POST', headers: FORM, body: 'x=y' }));
    await note('userinfo without a token', 'protocol', behind('/userinfo'));
    await note(
      'a refused registration',
      'protocol',
      behind('/register', { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' }),
    );
    await note('discovery', 'public', behind('/.well-known/openid-configuration'));
    await note('keys', 'public', behind('/jwks'));
    await note('an asset', 'asset', behind('/assets/favicon.svg'));
    await note('alive', 'health', behind('/healthz'));
    await note('ready', 'health', behind('/readyz'));
    // Those of a sign-in are asked where no proxy is needed.
    const { browser, page } = await beginLogin(plain);
    const cookie = await browser.jar.getCookieString(page.url.href);
    await note(
      'the sign-in page',
      'page',
      raw(plain.issuer, { path: page.url.pathname, headers: { cookie, accept: 'text/html' } }),
    );
    const post = (password: string) =>
      raw(plain.issuer, {
        method: 'POST',
        path: page.url.pathname,
        headers: { ...FORM, cookie, accept: 'text/html' },
        body: form({ _csrf: csrfOf(page), login: 'mdurand', password }),
      });
    await note('a wrong password', 'page', post('wrong'));
    await note('the right one', 'page', post('Mire-sandbox-2026!'));
    const { tokens } = await signedIn(plain);
    await note(
      'userinfo',
      'protocol',
      raw(plain.issuer, { path: '/userinfo', headers: { authorization: `Bearer ${tokens.access_token}` } }),
    );
    await plain.close();
  });
  afterAll(() => mire.close());

  const each = (kinds: readonly Kind[]) => [...answers].filter(([, { kind }]) => kinds.includes(kind));

  test.each<[header: string, expected: RegExp, kinds: readonly Kind[]]>([
    ['content-security-policy', /default-src 'none'.*frame-ancestors 'none'/, ['page', 'protocol', 'public', 'asset']],
    ['x-content-type-options', /^nosniff$/, ['page', 'protocol', 'public', 'asset']],
    ['referrer-policy', /^no-referrer$/, ['page', 'protocol', 'public', 'asset']],
    ['cross-origin-opener-policy', /^same-origin$/, ['page', 'protocol', 'public', 'asset']],
    ['cross-origin-resource-policy', /^same-origin$/, ['page', 'asset']],
    ['x-frame-options', /^DENY$/, ['page', 'protocol', 'public', 'asset']],
    ['permissions-policy', /camera=\(\)/, ['page', 'protocol', 'public', 'asset']],
    ['cache-control', /no-store/, ['page', 'protocol', 'health']],
    ['content-type', /charset=utf-8|svg|json/, ['public', 'asset', 'health']],
  ])('%s', (header, expected, kinds) => {
    const wrong = each(kinds).filter(([, { headers }]) => !expected.test(one(headers[header])));
    expect(wrong.map(([name, { headers }]) => `${name}: ${one(headers[header])}`)).toEqual([]);
  });

  test('HSTS wherever it is https, and nowhere a word of what runs', () => {
    const https = [...answers].filter(
      ([name, { kind }]) => kind !== 'health' && !/sign-in page|password|the right|^userinfo$/.test(name),
    );
    expect(
      https
        .filter(([, { headers }]) => !/max-age=\d{8}/.test(one(headers['strict-transport-security'])))
        .map(([name]) => name),
    ).toEqual([]);
    for (const [name, { headers }] of answers)
      expect([name, headers.server, headers['x-powered-by'], headers['set-cookie']?.length ?? 0]).toEqual([
        name,
        undefined,
        undefined,
        expect.any(Number),
      ]);
  });

  test('no script of the page itself, no style, nothing from elsewhere', () => {
    for (const [name, { headers, body, kind }] of answers) {
      expect([name, /unsafe-|https?:\/\/\*|\s\*(?:\s|;|$)/.test(one(headers['content-security-policy']))]).toEqual([
        name,
        false,
      ]);
      // The library's own page of logout sends its form by a script whose hash the policy names.
      if (kind !== 'page' || one(headers['content-security-policy']).includes("'sha256-")) continue;
      expect([name, /\son\w+=|<script(?![^>]*\bsrc=)[^>]*>|<style|\sstyle=|javascript:/i.test(body)]).toEqual([
        name,
        false,
      ]);
      const foreign = [...body.matchAll(/\b(?:src|href)="(https?:\/\/[^"]+)"/g)].map(([, address]) => address ?? '');
      const loads = foreign.filter((address) =>
        new RegExp(`<(?:script|link|img)[^>]*${address.replace(/[.?+*]/g, '\\$&')}`).test(body),
      );
      expect([name, loads]).toEqual([name, []]);
    }
  });

  test('what may be kept says for how long, and what is made anew has another name', () => {
    for (const [name, { headers }] of each(['public', 'asset']))
      expect([name, /max-age|no-cache|no-store/.test(one(headers['cache-control']))]).toEqual([name, true]);
  });
});
