import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Browser } from '../../support/http/browser.ts';
import { type RunningMire, startMire } from '../../support/mire.ts';
import { MDURAND, signInByCode, signInByPassword } from '../../support/sign-in/journeys.ts';
import { begin, beginLogin, interactionOf, signedIn } from '../../support/sign-in/steps.ts';

const KBENALI = { login: 'kbenali', password: 'Stethoscope-bleu-42' };

describe('what an application may ask of a sign-in', () => {
  let mire: RunningMire;
  beforeAll(async () => {
    mire = await startMire();
  });
  afterAll(() => mire.close());

  const errorOf = async (browser: Browser, client: string, parameters: Record<string, string>) => {
    const { page } = await begin(mire, { client, browser, parameters });
    return page.url.searchParams.get('error') ?? (page.url.searchParams.has('code') ? 'code' : page.status);
  };

  test('prompt=none never shows a page', async () => {
    const stranger = new Browser(mire.issuer);
    expect(await errorOf(stranger, 'ror', { prompt: 'none' })).toBe('login_required');
    const { browser } = await signedIn(mire);
    expect(await errorOf(browser, 'ror', { prompt: 'none' })).toBe('code');
    expect(await errorOf(browser, 'messagerie', { prompt: 'none' })).toBe('unmet_authentication_requirements');
    expect(await errorOf(browser, 'ror', { prompt: 'none', max_age: '0' })).toBe('login_required');
    expect(await errorOf(browser, 'ror', { prompt: 'none login' })).toBe('invalid_request');
    expect(await errorOf(browser, 'ror', { prompt: 'unknown' })).toBe('invalid_request');
  });

  test('prompt=login and max_age=0 ask for the password again, and auth_time moves', async () => {
    const { browser, tokens } = await signedIn(mire);
    for (const parameters of [{ prompt: 'login' }, { max_age: '0' }]) {
      mire.clock.forward(60);
      const { started, page } = await begin(mire, { browser, parameters });
      expect([JSON.stringify(parameters), page.page.querySelector('[name=password]') !== null]).toEqual([
        JSON.stringify(parameters),
        true,
      ]);
      if (!browser.current?.url.pathname.endsWith('/login-mdp')) await browser.click('Login / Mdp');
      const fresh = await started.finish((await browser.submit(MDURAND)).url);
      expect(fresh.claims()?.auth_time).toBeGreaterThan(tokens.claims()?.auth_time ?? 0);
    }
  });

  test('a fresh proof is not one that a code completes from the old password', async () => {
    const { browser } = await signedIn(mire);
    const { page } = await begin(mire, {
      client: 'messagerie',
      browser,
      parameters: { prompt: 'login', mode: 'code-ephemere' },
    });
    expect(page.page.querySelector('[name=password]')).not.toBeNull();
  });

  test("prompt=consent shows its screen to the platform's own applications too", async () => {
    const { started, browser } = await beginLogin(mire, {
      parameters: { prompt: 'consent', scope: 'openid offline_access' },
    });
    const page = await browser.submit(MDURAND);
    expect(page.page.querySelector('[name=decision]')).not.toBeNull();
    const tokens = await started.finish((await browser.submit({ decision: 'accept' }, '/consent')).url);
    expect(tokens.scope).toContain('offline_access');
  });

  test('offline_access without prompt=consent is left out', async () => {
    const { tokens } = await signedIn(mire, { parameters: { scope: 'openid offline_access' } });
    expect(tokens.scope ?? '').not.toContain('offline_access');
  });

  test("somebody else's id_token_hint ends in an answer, not in a loop", async () => {
    const other = await signedIn(mire, { person: KBENALI });
    const { browser } = await signedIn(mire);
    const hint = other.tokens.id_token ?? '';
    expect(await errorOf(browser, 'ror', { prompt: 'none', id_token_hint: hint })).toBe('login_required');
    const { page } = await begin(mire, { browser, parameters: { id_token_hint: hint } });
    expect(page.page.querySelector('[name=password]')).not.toBeNull();
    if (!browser.current?.url.pathname.endsWith('/login-mdp')) await browser.click('Login / Mdp');
    const back = await browser.submit(MDURAND);
    expect(back.url.searchParams.get('error')).toBe('login_required');
    expect(back.redirects.length).toBeLessThan(6);
  });

  test("a claims request for somebody else's sub ends so too", async () => {
    const other = await signedIn(mire, { person: KBENALI });
    const { browser } = await signedIn(mire);
    const claims = JSON.stringify({ id_token: { sub: { value: other.tokens.claims()?.sub } } });
    expect(await errorOf(browser, 'ror', { prompt: 'none', claims })).toBe('login_required');
    await begin(mire, { browser, parameters: { claims } });
    if (!browser.current?.url.pathname.endsWith('/login-mdp')) await browser.click('Login / Mdp');
    expect((await browser.submit(MDURAND)).url.searchParams.get('error')).toBe('login_required');
  });

  test('login_hint fills the field, and no more', async () => {
    const { page } = await beginLogin(mire, { parameters: { login_hint: 'kbenali' } });
    expect(page.page.querySelector('[name=login]')?.getAttribute('value')).toBe('kbenali');
    const long = await beginLogin(mire, { parameters: { login_hint: 'x'.repeat(5000) } });
    expect(long.page.page.querySelector('[name=login]')?.getAttribute('value')?.length).toBeLessThanOrEqual(254);
  });

  test('mode opens one tab; a mode that is unknown or not accepted opens none of them', async () => {
    const opened = async (parameters: Record<string, string>, client = 'ror') =>
      (await begin(mire, { client, parameters })).page.url.pathname.split('/').at(-1);
    expect(await opened({ mode: 'login-mdp' })).toBe('login-mdp');
    expect(await opened({ mode: 'code-ephemere' })).toBe('code-ephemere');
    expect(await opened({ mode: 'cle-acces' })).toBe('cle-acces');
    const usual = await opened({});
    for (const mode of ['nothing', '../abort', '<b>']) expect([mode, await opened({ mode })]).toEqual([mode, usual]);
    expect(await opened({ mode: 'login-mdp' }, 'messagerie')).toBe(await opened({}, 'messagerie'));
  });

  test('acr: unknown values force nothing, an impossible essential one is refused, a voluntary one never prompts', async () => {
    const { browser } = await signedIn(mire);
    expect(await errorOf(browser, 'ror', { prompt: 'none', acr_values: 'eidas1 eidas2 eidas3' })).toBe('code');
    expect(await errorOf(browser, 'ror', { prompt: 'none', acr_values: 'urn:unknown' })).toBe('code');
    expect(await errorOf(browser, 'ror', { prompt: 'none', acr_values: 'eidas2' })).toBe(
      'unmet_authentication_requirements',
    );
    const claims = (acr: unknown) => JSON.stringify({ id_token: { acr } });
    expect(await errorOf(browser, 'ror', { prompt: 'none', claims: claims({ value: 'eidas3' }) })).toBe('code');
    expect(
      await errorOf(browser, 'ror', { prompt: 'none', claims: claims({ essential: true, value: 'urn:unknown' }) }),
    ).toBe('unmet_authentication_requirements');
    expect(
      await errorOf(browser, 'ror', {
        prompt: 'none',
        claims: claims({ essential: true, values: ['eidas2', 'eidas3'] }),
      }),
    ).toBe('unmet_authentication_requirements');
  });

  test('the level of a token is what was proved, not what was asked: a weaker sign-in lowers it', async () => {
    const browser = new Browser(mire.issuer);
    const strong = await begin(mire, { client: 'messagerie', browser });
    await strong.started.finish((await signInByCode(mire, browser, strong.started.url)).url);
    const weak = await begin(mire, { browser, parameters: { prompt: 'login', mode: 'login-mdp' } });
    expect((await weak.started.finish((await browser.submit(MDURAND)).url)).claims()).toMatchObject({
      acr: 'eidas1',
      amr: ['pwd'],
    });
    expect(await errorOf(browser, 'messagerie', { prompt: 'none' })).toBe('unmet_authentication_requirements');
  });

  test('two tabs at once, each with its own interaction, end each at its own application', async () => {
    const browser = new Browser(mire.issuer);
    const one = await beginLogin(mire, { browser, client: 'ror' });
    const two = await beginLogin(mire, { browser, client: 'cerveau' });
    expect(interactionOf(one.page)).not.toBe(interactionOf(two.page));
    const csrf = (page: typeof one.page) => page.page.querySelector('[name=_csrf]')?.getAttribute('value') ?? '';
    const first = await browser.post(one.page.url, { _csrf: csrf(one.page), ...MDURAND });
    const second = await browser.post(two.page.url, { _csrf: csrf(two.page), ...MDURAND });
    expect((await one.started.finish(first.url)).claims()).toMatchObject({ aud: 'ror' });
    expect((await two.started.finish(second.url)).claims()).toMatchObject({ aud: 'cerveau' });
  });

  test('somebody else in a browser that is signed in: asked first, then the old session and its tokens are gone', async () => {
    const { browser, application, tokens } = await signedIn(mire);
    const { started } = await begin(mire, { browser, parameters: { prompt: 'login', mode: 'login-mdp' } });
    let page = await browser.submit(KBENALI);
    if (page.status === 200) page = await browser.submit({}, '/switch');
    const theirs = await started.finish(page.url);
    expect(theirs.claims()?.sub).not.toBe(tokens.claims()?.sub);
    const old = await fetch(`${mire.issuer}/userinfo`, { headers: { authorization: `Bearer ${tokens.access_token}` } });
    expect(old.status).toBe(401);
    const again = await application.start({ prompt: 'none' });
    expect((await again.finish((await browser.get(again.url)).url)).claims()?.sub).toBe(theirs.claims()?.sub);
  });

  test('two browsers of one person keep their own level and their own session', async () => {
    const [weak, strong] = [new Browser(mire.issuer), new Browser(mire.issuer)];
    const first = await begin(mire, { browser: weak });
    const low = await first.started.finish((await signInByPassword(weak, first.started.url)).url);
    const second = await begin(mire, { browser: strong });
    const high = await second.started.finish((await signInByCode(mire, strong, second.started.url)).url);
    expect([low.claims()?.acr, high.claims()?.acr]).toEqual(['eidas1', 'eidas2']);
    expect(low.claims()?.sid).not.toBe(high.claims()?.sid);
    expect(await errorOf(weak, 'messagerie', { prompt: 'none' })).toBe('unmet_authentication_requirements');
  });
});
