import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { parallel } from '../../support/accounts/sample-accounts.ts';
import { Browser } from '../../support/http/browser.ts';
import { type RunningMire, startMire } from '../../support/mire.ts';
import { WITHOUT_FLOORS } from '../../support/pace.ts';
import { MDURAND, messages, openCodeEphemere } from '../../support/sign-in/journeys.ts';
import { begin, beginCode, beginLogin, knownBrowser, signedIn } from '../../support/sign-in/steps.ts';
import { solvedCaptcha } from '../../support/sign-up/sign-up.ts';

const KBENALI = { login: 'kbenali', password: 'Stethoscope-bleu-42' };

describe('nobody locks a professional out from outside', () => {
  let mire: RunningMire;
  beforeAll(async () => {
    mire = await startMire({
      env: { RATE_LIMIT_FACTOR: '1', TRUSTED_PROXIES: '127.0.0.1,::1', SMS_BUDGET_DAY: '6' },
      added: { pace: WITHOUT_FLOORS },
    });
  });
  afterAll(() => mire.close());
  beforeEach(async () => {
    await mire.database.database('rate_limits').del();
  });
  afterEach(() => {
    jest.restoreAllMocks();
  });

  let machine = 0;
  /** A browser somewhere else each time. */
  const stranger = () => new Browser(mire.issuer, { 'x-forwarded-for': `203.0.113.${++machine}` });
  const guess = async (login: string, browser = stranger(), password = 'wrong') => {
    const { page } = await beginLogin(mire, { browser, parameters: { prompt: 'login' } });
    return (await browser.post(page.url, fields(page.body, { login, password }))).status;
  };
  /** The same computer, after its last user has gone: what is left is what it is known by. */
  const afterwards = async (browser: Browser) => {
    const next = stranger();
    const cookie = (await browser.jar.getCookies(mire.issuer)).find(({ key }) => key === 'mire_device');
    await next.jar.setCookie(`mire_device=${cookie?.value}; Path=/`, mire.issuer);
    return next;
  };
  const fields = (body: string, more: Record<string, string>) => ({
    _csrf: /name="_csrf" value="([^"]+)"/.exec(body)?.[1] ?? '',
    ...more,
  });
  /** The tries of a whole botnet, each from an address of its own. */
  const attacked = async (login = 'mdurand') => {
    await parallel(12, () => guess(login));
    expect(await guess(login, stranger(), MDURAND.password)).toBe(429);
  };
  const wait = (seconds: number) => {
    const now = Date.now;
    jest.spyOn(Date, 'now').mockImplementation(() => now() + seconds * 1000);
  };

  test('while strangers have used up every try, the browser that signed in before signs in', async () => {
    const { browser } = await signedIn(mire);
    await attacked();
    await begin(mire, { browser, parameters: { prompt: 'login' } });
    await browser.click('Login / Mdp');
    const back = await browser.submit(MDURAND);
    expect(back.url.searchParams.get('code')).toBeTruthy();
    // Its own tries are counted: it may have been left open on a ward.
    for (let n = 0; n < 5; n++) expect(await guess('mdurand', browser)).toBe(401);
    expect(await guess('mdurand', browser, MDURAND.password)).toBe(429);
  });

  test('it is known for those who signed in with it, and for nobody else', async () => {
    const { browser } = await signedIn(mire, { person: KBENALI });
    await attacked();
    const ward = await afterwards(browser);
    expect(await guess('mdurand', ward, MDURAND.password)).toBe(429);
    // Two people of one ward, on one computer.
    await mire.database.database('rate_limits').del();
    expect(await guess('mdurand', ward, MDURAND.password)).toBe(0);
    await attacked();
    await attacked('kbenali');
    expect(await guess('mdurand', await afterwards(ward), MDURAND.password)).toBe(0);
    expect(await guess('kbenali', await afterwards(ward), KBENALI.password)).toBe(0);
  });

  test('a cookie that was changed, or half a year old, proves nothing', async () => {
    const { browser } = await signedIn(mire);
    const cookie = (await browser.jar.getCookies(mire.issuer)).find(({ key }) => key === 'mire_device');
    expect([cookie?.httpOnly, cookie?.sameSite, cookie?.path]).toEqual([true, 'lax', '/']);
    expect(cookie?.value).not.toContain('mdurand');
    await attacked();
    const value = cookie?.value ?? '';
    const [id = '', entry = ''] = value.split('.');
    for (const forged of [
      `${id.replace(/.$/, (last) => (last === 'A' ? 'B' : 'A'))}.${entry}`,
      `${id}.${entry.replace(/.$/, (last) => (last === 'A' ? 'g' : 'A'))}`,
      `${id}.zzzz${entry.slice(entry.indexOf('~'))}`,
      id,
      'x'.repeat(400),
    ]) {
      const other = stranger();
      await other.jar.setCookie(`mire_device=${forged}`, mire.issuer);
      expect([forged.length, await guess('mdurand', other, MDURAND.password)]).toEqual([forged.length, 429]);
    }
    mire.clock.forward(181 * 24 * 60 * 60);
    expect(await guess('mdurand', browser, MDURAND.password)).toBe(429);
    mire.clock.forward(-181 * 24 * 60 * 60);
    expect(await guess('mdurand', browser, MDURAND.password)).toBe(0);
  });

  test('the other modes stay open to everybody', async () => {
    await attacked();
    const browser = stranger();
    await begin(mire, { browser });
    const card = await browser.click('Carte CPS');
    expect(card.status).toBe(200);
    expect(card.page.querySelector('form[action$="/cps"], form[action*="/cps"]')).not.toBeNull();
  });

  test('the wait grows: 5 minutes, 10, then the rest of the day', async () => {
    const waits: number[] = [];
    let ahead = 0;
    for (let round = 0; round < 3; round++) {
      await parallel(5, () => guess('nobody'));
      const { page } = await beginLogin(mire, { browser: stranger() });
      const answer = await stranger().post(page.url, {});
      expect(answer.status).toBe(400);
      const browser = stranger();
      const { page: mine } = await beginLogin(mire, { browser });
      const refused = await browser.post(mine.url, fields(mine.body, { login: 'nobody', password: 'x' }));
      expect(refused.status).toBe(429);
      const seconds = Number(refused.headers.get('retry-after'));
      waits.push(Math.ceil(seconds / 60));
      ahead += seconds + 1;
      jest.restoreAllMocks();
      wait(ahead);
    }
    expect(waits.slice(0, 2)).toEqual([5, 10]);
    expect(waits[2]).toBeGreaterThan(23 * 60);
  });

  test('wrong codes typed elsewhere do not close the channel for the browser that is known', async () => {
    const browser = await knownBrowser(mire);
    for (let n = 0; n < 3; n++) {
      const other = await beginCode(mire, { browser: stranger() });
      for (let wrong = 0; wrong < 5; wrong++)
        await other.browser.submit({ code: other.code === '111111' ? '222222' : '111111' });
      await mire.database.database('rate_limits').where('key', 'like', 'sends-%').del();
    }
    const late = await beginCode(mire, { browser: stranger() });
    expect((await late.browser.submit({ code: late.code })).status).toBe(429);
    const mine = await beginCode(mire, { browser, parameters: { prompt: 'login' } });
    expect((await mine.browser.submit({ code: mine.code })).url.searchParams.get('code')).toBeTruthy();
  });

  test('SMS have a budget for the day: beyond it mail goes on, and it alarms', async () => {
    const metric = async () =>
      Number(/^mire_sms_budget_ratio (\S+)$/m.exec(await (await fetch(`${mire.issuer}/metrics`)).text())?.[1]);
    for (let n = 0; n < 6; n++) {
      const { browser, code } = await beginCode(mire, { browser: stranger(), channel: 'sms' });
      expect((await browser.submit({ code })).url.searchParams.get('code')).toBeTruthy();
    }
    expect(await metric()).toBe(1);
    const browser = stranger();
    await begin(mire, { browser, client: 'messagerie' });
    if (!browser.current?.url.pathname.endsWith('/code-ephemere')) await browser.click('Code Éphémère');
    await browser.submit(MDURAND);
    const sent = mire.sandbox.inbox.list().length;
    const refused = await browser.submit({ channel: 'sms' });
    expect(refused.status).toBe(422);
    expect(refused.body).toContain('envoi par mail');
    expect(mire.sandbox.inbox.list()).toHaveLength(sent);
    await browser.submit({ channel: 'mail' });
    const [message] = await messages(mire, sent + 1);
    expect((await browser.submit({ code: message?.code ?? '' })).url.searchParams.get('code')).toBeTruthy();
  });

  test('a number of a country that SMS pumping lives on is sent nothing', async () => {
    const account = (await mire.sandbox.parts.storage.accounts.byLoginKey('mdurand'))?.account;
    await mire.database.database('accounts').where({ id: account?.id }).update({ phone: '+37125000000' });
    const { browser } = await begin(mire, { client: 'messagerie', browser: stranger() });
    await openCodeEphemere(browser);
    await browser.submit(MDURAND);
    const sent = mire.sandbox.inbox.list().length;
    const refused = await browser.submit({ channel: 'sms' });
    expect(refused.status).toBe(422);
    expect(refused.body).toContain('envoyer de SMS à ce numéro');
    // What was asked for after it came, and nothing before it.
    await browser.submit({ channel: 'mail' });
    await messages(mire, sent + 1);
    const since = mire.sandbox.inbox.list().slice(0, -sent || undefined);
    expect(since.map(({ channel }) => channel)).toEqual(['mail']);
    await mire.database.database('accounts').where({ id: account?.id }).update({ phone: account?.phone });
  });

  test('a captcha comes before the lock: who solves it goes on, as often again, each time with a new one', async () => {
    await attacked();
    const browser = stranger();
    await beginLogin(mire, { browser });
    const locked = await browser.submit(MDURAND);
    expect(locked.status).toBe(429);
    expect(locked.page.querySelector('altcha-widget')).not.toBeNull();
    expect(locked.page.querySelectorAll('script[src]').length).toBeGreaterThan(1);
    // Unsolved, or solved once and shown twice, it opens nothing.
    const solved = await solvedCaptcha(mire);
    expect((await browser.submit({ ...MDURAND, altcha: 'x' })).status).toBe(429);
    expect((await browser.submit({ login: 'mdurand', password: 'wrong', ...solved })).status).toBe(401);
    await browser.submit({ login: 'mdurand', password: 'wrong' });
    expect((await browser.submit({ ...MDURAND, ...solved })).status).toBe(429);
    for (let n = 0; n < 4; n++) {
      const { page } = await beginLogin(mire, { browser: stranger() });
      expect(page.status).toBe(200);
      await browser.submit({ login: 'mdurand', password: 'wrong' });
      expect(
        (await browser.submit({ login: 'mdurand', password: 'wrong', ...(await solvedCaptcha(mire)) })).status,
      ).toBe(401);
    }
    // Five proven tries: now it is a wait for everybody unknown.
    await browser.submit({ login: 'mdurand', password: 'wrong' });
    expect((await browser.submit({ ...MDURAND, ...(await solvedCaptcha(mire)) })).status).toBe(429);
    await mire.database.database('rate_limits').del();
    await attacked('kbenali');
    const other = stranger();
    await beginLogin(mire, { browser: other });
    await other.submit({ ...KBENALI, password: 'x' });
    const back = await other.submit({ ...KBENALI, ...(await solvedCaptcha(mire)) });
    expect(back.url.searchParams.get('code')).toBeTruthy();
  });

  test('what is refused and what fails is counted for the alarms, without saying whose it is', async () => {
    await attacked();
    const metrics = await (await fetch(`${mire.issuer}/metrics`)).text();
    expect(metrics).toMatch(/mire_passwords_total\{mode="login-mdp",outcome="wrong"\} [1-9]/);
    expect(metrics).toMatch(/mire_limit_refusals_total\{limit="password-account"\} [1-9]/);
    expect(metrics).not.toMatch(/mdurand|203\.0\.113/);
  });
});
