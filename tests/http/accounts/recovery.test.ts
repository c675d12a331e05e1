import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { PACE } from '../../../config/pace.ts';
import { codeOf, newSeed } from '../../../src/challenges/hotp.ts';
import { periodOf } from '../../../src/factors/totp.ts';
import { atAccount, noticeTo } from '../../support/accounts/account-pages.ts';
import { presentCard } from '../../support/cards/cards.ts';
import { Browser } from '../../support/http/browser.ts';
import { type RunningMire, startMire } from '../../support/mire.ts';
import { messages, signInByPassword } from '../../support/sign-in/journeys.ts';
import { auditOf } from '../../support/sign-in/steps.ts';

const START = '/mot-de-passe-oublie';
const NEW = 'girafe-bitume-melodie-77';

describe('a forgotten password', () => {
  let mire: RunningMire;
  beforeAll(async () => {
    mire = await startMire({ cards: true, added: { pace: PACE } });
  });
  afterAll(() => mire.close());
  const account = async (login = 'mdurand') => {
    const found = await mire.sandbox.parts.storage.accounts.byLoginKey(login);
    if (!found) throw new Error(`no ${login}`);
    return found.account;
  };
  const storage = () => mire.sandbox.parts.storage;

  async function ask(login: string) {
    const browser = new Browser(mire.issuer);
    await browser.get(`${mire.issuer}${START}`);
    return { browser, page: await browser.submit({ login }) };
  }
  /** Up to what follows the code of the mail. */
  async function byMail(login = 'mdurand') {
    const sent = mire.sandbox.inbox.list().length;
    const { browser } = await ask(login);
    const [message] = await messages(mire, sent + 1);
    expect(message).toMatchObject({ channel: 'mail', subject: expect.stringMatching(/retrouver l.accès/) });
    return { browser, page: await browser.submit({ code: message?.code ?? '' }, '/code') };
  }
  const choose = (browser: Browser, password = NEW) =>
    browser.submit({ new_password: password, new_password_confirmation: password });

  test('mail, then SMS, then a new password: every session ends, and the person is told', async () => {
    const before = await atAccount(mire);
    const { browser, page } = await byMail();
    expect(page.url.pathname).toBe(`${START}/second`);
    expect((await browser.get(`${mire.issuer}${START}/nouveau`)).status).toBe(409);
    await browser.get(`${mire.issuer}${START}/second`);
    const sent = mire.sandbox.inbox.list().length;
    await browser.submit({}, '/envoi');
    const [sms] = await messages(mire, sent + 1);
    expect(sms?.channel).toBe('sms');
    const next = await browser.submit({ sms_code: sms?.code ?? '' });
    expect(next.url.pathname).toBe(`${START}/nouveau`);
    expect((await choose(browser, 'mdurand-mdurand')).status).toBe(422);
    expect((await choose(browser)).url.pathname).toBe(`${START}/fait`);
    expect((await browser.get(`${mire.issuer}${START}/nouveau`)).status).toBe(409);
    expect((await before.browser.get(`${mire.issuer}/compte`)).url.pathname).toMatch(/^\/interaction\//);
    await noticeTo(mire, 'mdurand@hopital.example', /mot de passe a changé/);
    const road = new URL(`${mire.issuer}/compte/entrer`);
    expect((await signInByPassword(new Browser(mire.issuer), road)).status).toBe(401);
    const again = await signInByPassword(new Browser(mire.issuer), road, { login: 'mdurand', password: NEW });
    expect(again.url.pathname).toBe('/compte');
  });

  test('an unknown address gets the same pages, and no code of its is ever right', async () => {
    const sent = mire.sandbox.inbox.all().length;
    const { browser, page } = await ask('nobody@example.org');
    const known = await ask('mdurand');
    const words = (html: string) =>
      html.replace(/(?:value|data-wait)="[^"]*"/g, '').replace(/[A-Z0-9]{4}-[A-Z0-9]{4}/g, '');
    expect(page.url.pathname).toBe(known.page.url.pathname);
    expect(page.status).toBe(known.page.status);
    expect(words(page.body)).toBe(words(known.page.body));
    const [one, other] = await Promise.all([
      browser.submit({ code: '000000' }, '/code'),
      known.browser.submit({ code: '000000' }, '/code'),
    ]);
    expect([one.status, other.status]).toEqual([401, 401]);
    await messages(mire, 1);
    expect(
      mire.sandbox.inbox
        .all()
        .slice(0, -sent || undefined)
        .map(({ to }) => to),
    ).not.toContain('nobody@example.org');
    const { rows } = await mire.database.database.raw(
      "select encode(state, 'escape') as text from recoveries union all select encode(destination, 'escape') from challenges",
    );
    for (const { text } of rows) expect(text).not.toContain('nobody');
  });

  test('the answer takes as long for nobody as for somebody', async () => {
    const took = async (login: string) => {
      const browser = new Browser(mire.issuer);
      await browser.get(`${mire.issuer}${START}`);
      const since = performance.now();
      await browser.submit({ login });
      return performance.now() - since;
    };
    for (const login of ['nobody-1', 'cpetit']) expect(await took(login)).toBeGreaterThanOrEqual(249);
  });

  test('an authenticator or a code on paper stands in for the phone; each once', async () => {
    const { id } = await account('cpetit');
    const seed = newSeed();
    const at = mire.clock.now();
    const authenticator = '5a6f9c1e-2b0d-4d8e-9c1e-0a1b2c3d4e5f';
    await storage().authenticators.insert({ id: authenticator, accountId: id, seed, at });
    await storage().authenticators.confirm(id, authenticator, at);
    await storage().recoveryCodes.replace(id, ['ABCDE-FGHJK'], at);
    const first = await byMail('cpetit');
    expect(first.page.url.pathname).toBe(`${START}/second`);
    const code = codeOf(seed, periodOf(mire.clock.now()));
    expect((await first.browser.submit({ code }, '/application')).url.pathname).toBe(`${START}/nouveau`);
    mire.clock.forward(60);
    const second = await byMail('cpetit');
    expect((await second.browser.submit({ code }, '/application')).status).toBe(401);
    const done = await second.browser.submit({ recovery_code: 'abcde fghjk' });
    expect(done.url.pathname).toBe(`${START}/nouveau`);
  });

  test('two who end it at once: one password is set', async () => {
    const { id } = await account('tlefevre').catch(() => account('kbenali'));
    const login = (await storage().accounts.byId(id))?.login ?? '';
    await mire.database.database('accounts').where({ id }).update({ phone_verified: false });
    const { browser, page } = await byMail(login);
    expect(page.url.pathname).toBe(`${START}/nouveau`);
    const twin = new Browser(mire.issuer);
    for (const cookie of await browser.jar.getCookies(mire.issuer)) await twin.jar.setCookie(cookie, mire.issuer);
    await twin.get(`${mire.issuer}${START}/nouveau`);
    const answers = await Promise.all([choose(browser, `${NEW}-a`), choose(twin, `${NEW}-b`)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
  });

  test('another browser cannot go on with it, nor anybody after half an hour', async () => {
    const { browser } = await ask('mdurand');
    const other = new Browser(mire.issuer);
    expect((await other.get(`${mire.issuer}${START}/code`)).status).toBe(409);
    expect((await browser.get(`${mire.issuer}${START}/code`)).status).toBe(200);
    mire.clock.forward(31 * 60);
    expect((await browser.get(`${mire.issuer}${START}/code`)).status).toBe(409);
    mire.clock.forward(-31 * 60);
  });

  test('a blocked account is nobody here', async () => {
    const sent = mire.sandbox.inbox.all().length;
    expect((await ask('jmoreau')).page.url.pathname).toBe(`${START}/code`);
    const [line] = (await auditOf(mire, 'recovery.code-sent')).slice(-1);
    expect(line).toMatchObject({ account_id: null, details: { decoy: true } });
    expect(mire.sandbox.inbox.all().length).toBe(sent);
  });

  test('a forgotten identifier is sent to its mail, and the page says the same for nobody', async () => {
    const send = async (email: string) => {
      const browser = new Browser(mire.issuer);
      await browser.get(`${mire.issuer}/identifiant-oublie`);
      return browser.submit({ email });
    };
    const [known, unknown] = [await send('mdurand@hopital.example'), await send('nobody@example.org')];
    expect(known.url.pathname).toBe('/identifiant-oublie/envoye');
    const bare = (html: string) => html.replace(/[A-Z0-9]{4}-[A-Z0-9]{4}/g, '');
    expect(bare(unknown.body)).toBe(bare(known.body));
    const told = await noticeTo(mire, 'mdurand@hopital.example', /Votre identifiant/);
    expect(told.text).toContain('mdurand');
    expect(mire.sandbox.inbox.all().filter(({ to }) => to.startsWith('nobody'))).toEqual([]);
  });

  test('a lost phone is replaced at once by whoever has a card', async () => {
    const { browser } = await ask('mdurand');
    await browser.get(`${mire.issuer}${START}`);
    const page = await browser.click('Par carte CPS');
    expect(page.url.pathname).toMatch(/^\/interaction\/.*\/cps$/);
    const road = new URL(`${mire.issuer}/compte/entrer?retour=/compte/coordonnees&mode=cps`);
    const mine = await presentCard(mire, new Browser(mire.issuer), road, 'cps-medecin');
    expect([mine.status, mine.url.pathname]).toEqual([200, '/compte/coordonnees']);
  });
});
