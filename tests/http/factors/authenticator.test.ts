import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { decodeJwt } from 'jose';
import { codeOf } from '../../../src/challenges/hotp.ts';
import { periodOf } from '../../../src/factors/totp.ts';
import { atAccount, noticeTo, undoCodeOf } from '../../support/accounts/account-pages.ts';
import { Browser } from '../../support/http/browser.ts';
import { type RunningMire, startMire } from '../../support/mire.ts';
import { MDURAND } from '../../support/sign-in/journeys.ts';
import { auditOf, begin } from '../../support/sign-in/steps.ts';

const KBENALI = { login: 'kbenali', password: 'Stethoscope-bleu-42' };

describe('an authenticator application and codes on paper', () => {
  let mire: RunningMire;
  let seed = '';
  beforeAll(async () => {
    mire = await startMire();
  });
  afterAll(() => mire.close());

  const codeAt = (periods = 0, from = seed) => codeOf(from, periodOf(mire.clock.now()) + periods);
  /** Another period begins, so that a code that served is over. */
  const nextPeriod = () => mire.clock.forward(30);
  const wrong = () => {
    const right = [-1, 0, 1].map((drift) => codeAt(drift));
    return ['000000', '111111', '222222', '333333'].find((code) => !right.includes(code)) ?? '';
  };

  /** Up to the second factor of Code Éphémère. */
  async function atSecond(person = MDURAND) {
    const begun = await begin(mire, { client: 'messagerie' });
    if (!begun.browser.current?.url.pathname.endsWith('/code-ephemere')) await begun.browser.click('Code Éphémère');
    const page = await begun.browser.submit(person);
    return { ...begun, page };
  }

  test('begun before the other sessions were ended, it is begun again after', async () => {
    const { browser, page } = await atAccount(mire, '/compte/moyens/application');
    const begun = page.page.querySelector('.big-code')?.text.replaceAll(' ', '') ?? '';
    const { id = '' } = (await mire.sandbox.parts.storage.accounts.byLoginKey('mdurand'))?.account ?? {};
    const twin = new Browser(mire.issuer);
    for (const cookie of await browser.jar.getCookies(mire.issuer)) await twin.jar.setCookie(cookie, mire.issuer);
    await atAccount(mire);
    await twin.get(`${mire.issuer}/compte/appareils`);
    await twin.submit({}, '/fermer-les-autres');
    expect((await browser.submit({ code: codeAt(0, begun) })).status).toBe(409);
    expect(await mire.sandbox.parts.storage.authenticators.of(id)).toBeUndefined();
    expect((await browser.get(`${mire.issuer}/compte/moyens/application`)).url.pathname).toMatch(/application$/);
  });

  test('is drawn, checked before it counts, and told by mail', async () => {
    const { browser, page } = await atAccount(mire, '/compte/moyens/application');
    expect(page.page.querySelector('svg[role=img] path')?.getAttribute('d')).toMatch(/^M\d/);
    expect(page.body).not.toMatch(/style=/);
    seed = page.page.querySelector('.big-code')?.text.replaceAll(' ', '') ?? '';
    expect(seed).toMatch(/^[A-Z2-7]{32}$/);
    expect((await browser.submit({ code: wrong() })).status).toBe(401);
    expect((await browser.submit({ code: '12' })).status).toBe(422);
    expect((await atSecond()).page.url.pathname).toMatch(/code-ephemere$/);
    const shown = browser.current?.page.querySelector('.big-code')?.text.replaceAll(' ', '');
    expect(shown).toBe(seed);
    const done = await browser.submit({ code: codeAt() });
    expect(done.page.text).toContain('liée à votre compte');
    await noticeTo(mire, 'mdurand@hopital.example', /application d.authentification a été ajoutée/);
    const { rows } = await mire.database.database.raw("select encode(seed, 'escape') as text from authenticators");
    expect(rows[0].text).not.toContain(seed);
  });

  test('takes the place of the mail: asked for first, two factors, and nothing is sent', async () => {
    nextPeriod();
    const sent = mire.sandbox.inbox.list().length;
    const { browser, started, page } = await atSecond();
    expect(page.url.pathname).toMatch(/code-ephemere\/app$/);
    const back = await browser.submit({ code: codeAt() });
    const claims = decodeJwt((await started.finish(back.url)).id_token ?? '');
    expect(claims).toMatchObject({ acr: 'eidas2', mire_mode: 'code-ephemere' });
    expect([...(claims.amr as string[])].sort()).toEqual(['mfa', 'otp', 'pwd']);
    expect(mire.sandbox.inbox.list()).toHaveLength(sent);
  });

  test('a code is never accepted twice, nor one before it; one period either way is', async () => {
    mire.clock.forward(120);
    const first = await atSecond();
    const ahead = codeAt(1);
    expect((await first.browser.submit({ code: ahead })).url.pathname).toContain('callback');
    for (const code of [ahead, codeAt(0), codeAt(-1)]) {
      const again = await atSecond();
      expect((await again.browser.submit({ code })).status).toBe(401);
    }
    mire.clock.forward(120);
    const behind = await atSecond();
    expect((await behind.browser.submit({ code: codeAt(-2) })).status).toBe(401);
    expect((await behind.browser.submit({ code: codeAt(2) })).status).toBe(401);
    expect((await behind.browser.submit({ code: codeAt(-1) })).url.pathname).toContain('callback');
  });

  test('of two requests with the same code at once one is accepted', async () => {
    mire.clock.forward(120);
    const both = [await atSecond(), await atSecond()];
    const code = codeAt();
    const answers = await Promise.all(both.map(({ browser }) => browser.submit({ code })));
    expect(answers.map(({ status }) => status).sort()).toEqual([0, 401]);
  });

  test('the mail stays one click away, and can be preferred again', async () => {
    const { browser } = await atSecond();
    const channels = await browser.click('Choisir un autre moyen');
    expect(channels.page.querySelectorAll('[name=channel]').map((one) => one.getAttribute('value'))).toEqual([
      'app',
      'mail',
      'sms',
    ]);
    mire.clock.forward(120);
    const { browser: mine } = await (async () => {
      const own = new Browser(mire.issuer);
      await own.get(`${mire.issuer}/compte/entrer?retour=/compte/moyens&mode=code-ephemere`);
      await own.submit(MDURAND);
      await own.submit({ code: codeAt() });
      return { browser: own };
    })();
    await mine.get(`${mire.issuer}/compte/moyens`);
    await mine.submit({ second: 'mail' }, '/preferences');
    expect((await atSecond()).page.url.pathname).toMatch(/code-ephemere$/);
  });

  test('wrong codes are counted whatever makes the codes', async () => {
    const { browser } = await atSecond();
    await browser.get(`${browser.current?.url.pathname.replace(/\/code-ephemere.*/, '/code-ephemere/app')}`);
    expect((await browser.submit({ code: wrong() })).status).toBe(401);
    expect((await auditOf(mire, 'sign-in.authenticator-refused')).length).toBeGreaterThan(0);
  });

  test('removing it is told, and undone by the code of the mail', async () => {
    mire.clock.forward(120);
    const { browser } = await atAccount(mire, '/compte/moyens');
    const removed = await browser.submit({}, '/application/retirer');
    expect(removed.page.text).toContain('retirée');
    const told = await noticeTo(mire, 'mdurand@hopital.example', /application d.authentification a été retirée/);
    const stranger = new Browser(mire.issuer);
    await stranger.get(`${mire.issuer}/compte/annuler`);
    await stranger.submit({ undo_code: undoCodeOf(told) });
    const { account } = (await mire.sandbox.parts.storage.accounts.byLoginKey('mdurand')) ?? {};
    expect(await mire.sandbox.parts.storage.authenticators.of(account?.id ?? '')).toBeDefined();
  });

  test('ten codes are shown once, each works once beside the password, and is told by mail', async () => {
    const { browser } = await atAccount(mire, '/compte/moyens/codes', { person: KBENALI });
    const page = await browser.submit({}, '/codes');
    const codes = page.page.querySelectorAll('li code').map(({ text }) => text);
    expect(new Set(codes).size).toBe(10);
    expect((await browser.get(`${mire.issuer}/compte/moyens/codes`)).body).not.toContain(codes[0]);
    const { rows } = await mire.database.database.raw(
      "select string_agg(encode(code_hash, 'escape'), ' ') as text from recovery_codes",
    );
    for (const code of codes) expect(rows[0].text).not.toContain(code.replace('-', ''));

    const use = async (code: string) => {
      const second = await atSecond(KBENALI);
      await second.browser.get(second.page.url.pathname.replace(/\/code-ephemere.*/, '/code-ephemere/recovery'));
      return { ...second, answer: await second.browser.submit({ recovery_code: code }) };
    };
    const first = await use(` ${(codes[0] ?? '').toLowerCase().replace('-', ' ')} `);
    const claims = decodeJwt((await first.started.finish(first.answer.url)).id_token ?? '');
    expect(claims).toMatchObject({ acr: 'eidas2', amr: expect.arrayContaining(['pwd', 'otp', 'mfa']) });
    const told = await noticeTo(mire, 'kbenali@hopital.example', /code de secours a servi/);
    expect(told.text).toContain('reste 9');
    expect((await use(codes[0] ?? '')).answer.status).toBe(401);
    expect((await use('AAAAA-AAAAA')).answer.status).toBe(401);
    const race = await Promise.all([use(codes[1] ?? ''), use(codes[1] ?? '')]);
    expect(race.filter(({ answer }) => answer.url.pathname.includes('callback'))).toHaveLength(1);

    const again = await atAccount(mire, '/compte/moyens/codes', { person: KBENALI });
    await again.browser.submit({}, '/codes');
    expect((await use(codes[2] ?? '')).answer.status).toBe(401);
  });
});
