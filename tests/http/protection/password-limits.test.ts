import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { parallel } from '../../support/accounts/sample-accounts.ts';
import { Browser } from '../../support/http/browser.ts';
import { FORM, form, raw } from '../../support/http/raw-request.ts';
import { type RunningMire, startMire } from '../../support/mire.ts';
import { WITHOUT_FLOORS } from '../../support/pace.ts';
import { MDURAND } from '../../support/sign-in/journeys.ts';
import { auditOf, beginLogin, csrfOf, interactionOf, signedIn } from '../../support/sign-in/steps.ts';

describe('wrong passwords are counted', () => {
  let mire: RunningMire;
  let behindProxy: RunningMire;
  beforeAll(async () => {
    [mire, behindProxy] = await Promise.all([
      startMire({ env: { RATE_LIMIT_FACTOR: '1' }, added: { pace: WITHOUT_FLOORS } }),
      startMire({
        env: { RATE_LIMIT_FACTOR: '1', TRUSTED_PROXIES: '127.0.0.1,::1' },
        added: { pace: WITHOUT_FLOORS },
      }),
    ]);
  });
  afterAll(async () => {
    await Promise.all([mire.close(), behindProxy.close()]);
  });
  beforeEach(async () => {
    await Promise.all([mire, behindProxy].map(({ database }) => database.database('rate_limits').del()));
  });
  afterEach(() => {
    jest.restoreAllMocks();
  });

  /** A page of Login / Mdp where one person tries passwords, several at once if asked. */
  const attempts = async (on: RunningMire, headers: Record<string, string> = {}) => {
    const { browser, page } = await beginLogin(on, { browser: new Browser(on.issuer, headers) });
    const cookie = await browser.jar.getCookieString(page.url.href);
    return (login: string, password = 'wrong', more: Record<string, string> = {}) =>
      raw(on.issuer, {
        method: 'POST',
        path: page.url.pathname,
        headers: { ...FORM, accept: 'text/html', cookie, ...headers, ...more },
        body: form({ _csrf: csrfOf(page), login, password }),
      });
  };
  const statuses = (answers: readonly { status: number }[]) => answers.map(({ status }) => status);

  test('after five, the right password too is 429, with the time to come back in the header and in words', async () => {
    const attempt = await attempts(mire);
    expect(statuses(await parallel(5, () => attempt('mdurand')))).toEqual(Array(5).fill(401));
    const refused = await attempt('mdurand', MDURAND.password);
    expect(refused.status).toBe(429);
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(200);
    expect(Number(refused.headers['retry-after'])).toBeLessThanOrEqual(300);
    expect(refused.body).toMatch(/\d minutes?/);
    const now = Date.now;
    jest.spyOn(Date, 'now').mockImplementation(() => now() + 301_000);
    expect((await attempt('mdurand', MDURAND.password)).status).toBe(303);
  });

  test('every spelling of one identifier, and the mail of the same person, share one counter', async () => {
    const attempt = await attempts(mire);
    for (const login of ['mdurand', 'MDURAND', '  Mdurand ', '\uff4ddurand', 'mdu\u200brand'])
      expect((await attempt(login)).status).toBe(401);
    for (const login of ['mDuRaNd', 'mdurand@hopital.example', 'MDURAND@Hopital.example', 'm\u00addurand'])
      expect([login, (await attempt(login)).status]).toEqual([login, 429]);
    expect((await attempt('kbenali')).status).toBe(401);
  });

  test('unknown identifiers are counted alike, accents composed or not', async () => {
    const attempt = await attempts(mire);
    expect(statuses(await parallel(5, (i) => attempt(i % 2 ? 'h\u00e9l\u00e8ne' : 'he\u0301le\u0300ne')))).toEqual(
      Array(5).fill(401),
    );
    expect((await attempt('H\u00c9L\u00c8NE')).status).toBe(429);
  });

  test('forty wrong guesses at once: five reach the hash', async () => {
    const attempt = await attempts(mire);
    const before = (await auditOf(mire, 'sign-in.password-refused')).length;
    const hashed = jest.spyOn(mire.sandbox.parts.passwords, 'verify');
    const answers = await parallel(25, () => attempt('mdurand'));
    expect(statuses(answers).filter((status) => status === 401)).toHaveLength(5);
    expect(statuses(answers).filter((status) => status === 429)).toHaveLength(20);
    expect(hashed).toHaveBeenCalledTimes(5);
    expect(await auditOf(mire, 'sign-in.password-refused')).toHaveLength(before + 5);
  });

  test('a success is not counted, whoever makes it', async () => {
    for (let i = 0; i < 35; i++) {
      const attempt = await attempts(mire);
      expect((await attempt('mdurand', MDURAND.password)).status).toBe(303);
    }
  });

  test('a success makes the failures of its own browser moot, and of no other', async () => {
    const { browser } = await signedIn(mire);
    const guess = async (password: string) => {
      await beginLogin(mire, { browser, parameters: { prompt: 'login' } });
      const answer = await browser.submit({ login: 'mdurand', password });
      return answer.url.searchParams.has('code') ? 303 : answer.status;
    };
    for (let round = 0; round < 3; round++) {
      for (let i = 0; i < 4; i++) expect(await guess('wrong')).toBe(401);
      expect(await guess(MDURAND.password)).toBe(303);
    }
    const attempt = await attempts(mire);
    for (let i = 0; i < 4; i++) expect((await attempt('mdurand')).status).toBe(401);
    const owner = await attempts(mire);
    expect((await owner('mdurand', MDURAND.password)).status).toBe(303);
    expect(statuses([await attempt('mdurand'), await attempt('mdurand')])).toEqual([401, 429]);
  });

  test('thirty failures of one address, whatever the identifiers and whatever it claims to be', async () => {
    const attempt = await attempts(mire);
    const answers = await parallel(40, (i) =>
      attempt(`nobody${i}`, 'wrong', {
        'x-forwarded-for': `203.0.113.${i}`,
        forwarded: `for=203.0.113.${i}`,
        'x-real-ip': `203.0.113.${i}`,
      }),
    );
    expect(statuses(answers).filter((status) => status === 401)).toHaveLength(30);
    expect(statuses(answers).filter((status) => status === 429)).toHaveLength(10);
    expect((await attempt('kbenali', 'Stethoscope-bleu-42')).status).toBe(429);
  });

  test('behind a proxy the address it appends is counted, not what the client wrote before it', async () => {
    const attempt = await attempts(behindProxy, { 'x-forwarded-for': '198.51.100.1' });
    const answers = await parallel(35, (i) =>
      attempt(`nobody${i}`, 'wrong', { 'x-forwarded-for': `203.0.113.${i}, 198.51.100.7` }),
    );
    expect(statuses(answers).filter((status) => status === 401)).toHaveLength(30);
    expect((await attempt('nobody', 'wrong', { 'x-forwarded-for': '198.51.100.7, 198.51.100.8' })).status).toBe(401);
  });

  test('the addresses of one IPv6 /64 are one, the next /64 is another', async () => {
    const attempt = await attempts(behindProxy);
    const answers = await parallel(35, (i) =>
      attempt(`nobody${i}`, 'wrong', { 'x-forwarded-for': `2001:db8:1:2::${i + 1}` }),
    );
    expect(statuses(answers).filter((status) => status === 401)).toHaveLength(30);
    expect((await attempt('nobody', 'wrong', { 'x-forwarded-for': '2001:db8:1:3::1' })).status).toBe(401);
  });

  test('an address that cannot be read is counted like any other, and opens nothing', async () => {
    const attempt = await attempts(behindProxy);
    const garbled = [
      'unix:',
      '::',
      'x'.repeat(8000),
      '',
      ',,,',
      '203.0.113.7:1234',
      '[2001:db8::1]:80',
      "' or 1=1",
      '999.1.1.1',
      'unknown',
    ];
    for (const address of garbled) {
      expect([
        address,
        (await attempt(`garbled-${garbled.indexOf(address)}`, 'wrong', { 'x-forwarded-for': address })).status,
      ]).toEqual([address, 401]);
    }
    const answers = await parallel(35, (i) =>
      attempt(`other-${i}`, 'wrong', { 'x-forwarded-for': `not an address ${i}` }),
    );
    expect(statuses(answers)).toContain(429);
  });

  test('Login / Mdp and Code Éphémère share the counter', async () => {
    const attempt = await attempts(mire);
    await parallel(5, () => attempt('mdurand'));
    const { browser, page } = await beginLogin(mire);
    const answer = await browser.post(`${interactionOf(page)}/code-ephemere`, { _csrf: csrfOf(page), ...MDURAND });
    expect(answer.status).toBe(429);
  });

  test('the lock outlives the process that counted', async () => {
    const attempt = await attempts(mire);
    await parallel(5, () => attempt('mdurand'));
    const rows = await mire.database.database('rate_limits').where('key', 'like', 'password-account:%');
    expect(rows).toHaveLength(1);
    expect(Number(rows[0].points)).toBeGreaterThanOrEqual(5);
    expect(JSON.stringify(rows)).not.toContain('mdurand');
  });
});
