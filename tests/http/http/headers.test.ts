import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Browser } from '../../support/http/browser.ts';
import { raw } from '../../support/http/raw-request.ts';
import { type RunningMire, startMire } from '../../support/mire.ts';
import { beginLogin, signedIn } from '../../support/sign-in/steps.ts';

describe('headers and cookies', () => {
  let mire: RunningMire;
  let https: RunningMire;
  beforeAll(async () => {
    [mire, https] = await Promise.all([
      startMire(),
      startMire({ env: { ISSUER: 'https://mire.example.fr', TRUSTED_PROXIES: '127.0.0.1,::1' } }),
    ]);
  });
  afterAll(async () => {
    await Promise.all([mire.close(), https.close()]);
  });
  const behind = (path: string, headers: Record<string, string> = {}) =>
    raw(`http://localhost:${https.settings.PORT}`, {
      path,
      headers: { host: 'mire.example.fr', 'x-forwarded-proto': 'https', accept: 'text/html', ...headers },
    });
  const policy = (headers: Headers) =>
    Object.fromEntries(
      (headers.get('content-security-policy') ?? '')
        .split(/; ?/)
        .map((one) => [one.split(' ')[0], one.split(' ').slice(1)]),
    );

  test('every answer has a policy that allows no foreign script and no frame', async () => {
    for (const path of [
      '/',
      '/authorize',
      '/none',
      '/.well-known/openid-configuration',
      '/jwks',
      '/device',
      '/logout',
      '/assets/favicon.svg',
      '/sandbox',
      '/interaction/none',
      '/conditions',
    ]) {
      const { headers } = await new Browser(mire.issuer).get(path);
      expect([
        path,
        policy(headers)['default-src'],
        policy(headers)['frame-ancestors'],
        policy(headers)['base-uri'],
      ]).toEqual([path, ["'none'"], ["'none'"], ["'none'"]]);
      expect(headers.get('content-security-policy')).not.toContain('unsafe');
      expect([
        headers.get('x-content-type-options'),
        headers.get('referrer-policy'),
        headers.get('x-frame-options'),
      ]).toEqual(['nosniff', 'no-referrer', 'DENY']);
      expect(headers.get('x-powered-by') ?? headers.get('server')).toBeNull();
    }
  });

  test('forms of a sign-in may lead to us and to the application of this interaction alone', async () => {
    const { page } = await beginLogin(mire);
    const targets = new Set(policy(page.headers)['form-action']);
    expect(targets).toEqual(new Set(["'self'", mire.issuer, 'http://localhost:4000']));
    expect(policy((await new Browser(mire.issuer).get('/')).headers)['form-action']).toEqual(["'self'"]);
  });

  test('nothing personal is stored by a browser or a proxy', async () => {
    const { browser, application, tokens, page } = { ...(await signedIn(mire)), page: (await beginLogin(mire)).page };
    const endSession = new URL(application.configuration.serverMetadata().end_session_endpoint ?? '');
    for (const headers of [
      page.headers,
      (await browser.get(mire.issuer)).headers,
      (await browser.get(endSession)).headers,
    ]) {
      expect(headers.get('cache-control')).toContain('no-store');
    }
    const answers = await Promise.all([
      fetch(`${mire.issuer}/userinfo`, { headers: { authorization: `Bearer ${tokens.access_token}` } }),
      fetch(`${mire.issuer}/token`, { method: 'POST' }),
      fetch(`${mire.issuer}/sandbox/inbox.json`),
    ]);
    for (const answer of answers)
      expect([answer.url, answer.headers.get('cache-control')]).toEqual([
        answer.url,
        expect.stringContaining('no-store'),
      ]);
  });

  test('HSTS and Secure cookies over https only', async () => {
    expect((await raw(mire.issuer, { path: '/' })).headers['strict-transport-security']).toBeUndefined();
    expect((await behind('/')).headers['strict-transport-security']).toMatch(/max-age=\d{8}/);
    const challenge = 'a'.repeat(43);
    const answer = await behind(
      `/authorize?client_id=ror&response_type=code&scope=openid&redirect_uri=${encodeURIComponent('http://localhost:4000/callback')}&code_challenge=${challenge}&code_challenge_method=S256`,
    );
    expect(answer.status).toBe(303);
    const cookies = answer.headers['set-cookie'] as string[];
    expect(cookies.length).toBeGreaterThan(0);
    for (const cookie of cookies) expect(cookie).toMatch(/^__(Host|Secure)-.*; ?secure; ?httponly/i);
    for (const cookie of cookies) expect(cookie).toMatch(/samesite=lax/i);
  });

  test("the library's names are of the https origin behind the proxy, and a plain request to it is not", async () => {
    const discovery = JSON.parse((await behind('/.well-known/openid-configuration')).body) as Record<string, unknown>;
    expect([discovery.issuer, discovery.token_endpoint, discovery.jwks_uri]).toEqual([
      'https://mire.example.fr',
      'https://mire.example.fr/token',
      'https://mire.example.fr/jwks',
    ]);
  });

  test("cookies are bound to their interaction, and a changed one is nobody's", async () => {
    const { browser, page } = await beginLogin(mire);
    const cookies = await browser.jar.getCookies(page.url.href);
    const interaction = cookies.filter(({ key }) => key.startsWith('mire_interaction'));
    expect(interaction.length).toBeGreaterThan(0);
    for (const { path, httpOnly, sameSite } of interaction)
      expect([path, httpOnly, sameSite]).toEqual([page.url.pathname.replace(/\/login-mdp$/, ''), true, 'lax']);
    const signed = await signedIn(mire);
    const session = (await signed.browser.jar.getCookies(mire.issuer)).find(({ key }) => key === 'mire_session');
    const signature = (await signed.browser.jar.getCookies(mire.issuer)).find(({ key }) => key === 'mire_session.sig');
    const home = async (cookie: string) =>
      (await raw(mire.issuer, { path: '/', headers: { cookie, accept: 'text/html' } })).body.includes('Marie Durand');
    expect(await home(`mire_session=${session?.value}; mire_session.sig=${signature?.value}`)).toBe(true);
    expect(await home(`mire_session=${session?.value}`)).toBe(false);
    expect(await home(`mire_session=${session?.value}; mire_session.sig=x${signature?.value.slice(1)}`)).toBe(false);
  });
});
