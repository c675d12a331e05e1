import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { PACE } from '../../../config/pace.ts';
import { NATIONAL_ID } from '../../../src/accounts/account.ts';
import { codeOf, newSeed } from '../../../src/challenges/hotp.ts';
import { periodOf } from '../../../src/factors/totp.ts';
import { atAccount, noticeTo, undoCodeOf } from '../../support/accounts/account-pages.ts';
import { Application } from '../../support/clients/application.ts';
import { passkeyOptions } from '../../support/factors/passkey-options.ts';
import { SoftAuthenticator } from '../../support/factors/soft-authenticator.ts';
import { Browser } from '../../support/http/browser.ts';
import { type RunningMire, startMire } from '../../support/mire.ts';
import { MDURAND, messages } from '../../support/sign-in/journeys.ts';
import { vouchFor, WITH_VOUCHING } from '../../support/sign-in/vouching-mode.ts';
import { FORM } from '../../support/sign-up/sign-up.ts';

describe('an account that exists', () => {
  let mire: RunningMire;
  let application: Application;
  beforeAll(async () => {
    mire = await startMire({
      cards: true,
      env: { CAPTCHA_WORK: '2', RATE_LIMIT_FACTOR: '1000' },
      added: { modes: WITH_VOUCHING, pace: PACE },
    });
    application = await Application.discover(mire.issuer, 'messagerie');
  });
  afterAll(() => mire?.close());

  const accounts = () => mire.sandbox.parts.storage.accounts;
  const claimsAt = async (started: Awaited<ReturnType<Application['start']>>, url: URL) =>
    (await started.finish(url)).claims();
  const inbox = () => mire.sandbox.inbox.list();

  const stranger = '899700777773';
  const open = async (externalId = stranger, name = { familyName: 'MARTIN', givenName: 'THOMAS' }) => {
    const started = await application.start();
    const browser = new Browser(mire.issuer);
    await vouchFor(browser, started.url, { externalId, statement: { ...name, profession: '60' } });
    return { started, browser };
  };

  test('is not joined by its mail: the page does not tell, in the same time, and its owner is told', async () => {
    const { browser } = await open();
    const mail = { email: 'mdurand@hopital.example', email_confirmation: 'MDurand@hopital.example' };
    const timed = async (fields: Record<string, string>, on: Browser) => {
      const since = performance.now();
      const shown = await on.submit({ ...FORM, ...fields, specialty: '' }, '/signup');
      return { shown, ms: performance.now() - since };
    };
    const used = await timed(mail, browser);
    const other = await open();
    const free = await timed({ email: 'libre@x.example', email_confirmation: 'libre@x.example' }, other.browser);
    expect(used.shown.status).toBe(free.shown.status);
    const shape = ({ page }: typeof used.shown) =>
      page
        .querySelector('main')
        ?.text.replace(/\S+@\S+?example/g, '@')
        .replace(/\d+/g, '0');
    expect(shape(used.shown)).toBe(shape(free.shown));
    expect(Math.min(used.ms, free.ms)).toBeGreaterThanOrEqual(380);
    const told = await noticeTo(mire, 'mdurand@hopital.example', /Votre adresse a servi à une inscription/);
    expect(told.code).toBe('');
    for (const code of ['000000', '123456']) {
      expect((await browser.submit({ code }, '/mail')).status).toBe(401);
    }
    // Resent, it sends no second notice.
    mire.clock.forward(31);
    await browser.submit({}, '/mail/resend');
    expect((await browser.submit({ code: '000000' }, '/mail')).status).toBe(401);
    const all = mire.sandbox.inbox.all().filter(({ to }) => to === 'mdurand@hopital.example');
    expect(all.length).toBe(1);
  });

  test('is not joined by a password and a code that were given before its sessions were ended', async () => {
    const { browser } = await open();
    await browser.click('J’ai déjà un compte');
    const person = { login: 'tmartin', password: 'Agenda-partage-2026' };
    const { id } = (await accounts().byLoginKey(person.login))?.account ?? { id: '' };
    await mire.database.database('accounts').where({ id }).update({ email_verified: true });
    const sent = inbox().length;
    await browser.submit(person, '/existing');
    const [message] = await messages(mire, sent + 1);
    await mire.sandbox.logout.end({ accountId: id }, 'administrator');
    const refused = await browser.submit({ code: message?.code ?? '' });
    expect([refused.status, refused.page.text]).toEqual([409, expect.stringContaining('Il faut recommencer')]);
    const again = await browser.click('Choisir un autre mode');
    expect([again.status, again.url.pathname]).toEqual([200, expect.stringMatching(/\/signup$/)]);
    expect(await accounts().identity(id, NATIONAL_ID)).toBeUndefined();
  });

  test('is joined once its owner proved it by password and code, and not before', async () => {
    const { started, browser } = await open();
    // Somebody without a number of their own yet.
    const { page } = await browser.click('J’ai déjà un compte');
    expect(page.querySelector('h1')?.text).toBe('J’ai déjà un compte');
    const person = { login: 'tmartin', password: 'Agenda-partage-2026' };
    await mire.database.database('accounts').where({ login: 'tmartin' }).update({ email_verified: true });
    const wrong = await browser.submit({ ...person, password: 'pas le bon' }, '/existing');
    expect([wrong.status, wrong.page.querySelector('#erreur')?.text]).toEqual([
      401,
      expect.stringContaining('Identifiant ou mot de passe incorrect'),
    ]);
    const sent = inbox().length;
    const asked = await browser.submit(person, '/existing');
    expect(asked.page.querySelector('h1')?.text).toBe('Prouvez que ce compte est le vôtre');
    expect(await accounts().byIdentity(NATIONAL_ID, stranger)).toBeUndefined();
    const [message] = await messages(mire, sent + 1);
    expect((await browser.submit({ code: message?.code === '000000' ? '111111' : '000000' }, '/code')).status).toBe(
      401,
    );
    const end = await browser.submit({ code: message?.code ?? '' }, '/code');
    const claims = await claimsAt(started, end.url);
    const account = await accounts().byIdentity(NATIONAL_ID, stranger);
    expect([account?.login, account?.id]).toEqual(['tmartin', claims?.sub]);
    expect(claims).toMatchObject({ mire_mode: 'psc', acr: 'eidas2' });
    await noticeTo(mire, 'tmartin@hopital.example', /Un nouveau moyen de vous connecter/);
  });

  test('and taken away by the undo of its mail, with the profession that it brought: it opens nothing more', async () => {
    const told = await noticeTo(mire, 'tmartin@hopital.example', /Un nouveau moyen de vous connecter/);
    const { account } = (await accounts().byLoginKey('tmartin')) ?? {};
    expect(account?.profession).toBe('60');
    const owner = new Browser(mire.issuer);
    await owner.get(`${mire.issuer}/compte/annuler`);
    const done = await owner.submit({ undo_code: undoCodeOf(told), not_me: 'yes' });
    expect(done.page.text).toContain('Les cartes et identités rattachées depuis sont détachées');
    expect((await accounts().byId(account?.id ?? ''))?.profession).toBeUndefined();
    expect(await mire.sandbox.parts.storage.facts.of(account?.id ?? '')).toEqual([]);
    const { browser } = await open();
    expect(browser.current?.url.pathname).toMatch(/\/signup$/);
  });

  test('is not joined by password and mail where it has a phone, an application or a passkey', async () => {
    const { browser } = await open('0699988776', { familyName: 'PETIT', givenName: 'CLAIRE' });
    await browser.click('J’ai déjà un compte');
    const { account } = (await accounts().byLoginKey('cpetit')) ?? {};
    if (!account) throw new Error('no cpetit');
    const person = { login: 'cpetit', password: 'Maternite-calme-2026' };
    const sent = inbox().length;
    const asked = await browser.submit(person, '/existing');
    expect(asked.url.pathname).toMatch(/\/existing\/code$/);
    const [sms] = await messages(mire, sent + 1);
    expect([sms?.channel, sms?.to]).toEqual(['sms', account.phone]);
    expect(asked.page.querySelector('[name=channel][value=mail]')).toBeNull();

    const { authenticators } = mire.sandbox.parts.storage;
    const [id, seed] = ['5a6f9c1e-2b0d-4d8e-9c1e-0a1b2c3d4e5f', newSeed()];
    await authenticators.insert({ id, accountId: account.id, seed, at: mire.clock.now() });
    await authenticators.confirm(account.id, id, mire.clock.now());
    const other = await open('0699988777', { familyName: 'PETIT', givenName: 'CLAIRE' });
    await other.browser.click('J’ai déjà un compte');
    const choice = await other.browser.submit(person, '/existing');
    expect(choice.url.pathname).toMatch(/\/existing\/proof$/);
    expect((await other.browser.submit({ code: '000000' }, '/application')).status).toBe(401);
    expect(await accounts().byIdentity(NATIONAL_ID, '0699988777')).toBeUndefined();
    const code = codeOf(seed, periodOf(mire.clock.now()));
    await other.browser.get(choice.url);
    await other.browser.submit({ code }, '/application');
    expect((await accounts().byIdentity(NATIONAL_ID, '0699988777'))?.id).toBe(account.id);
  });

  test('is joined by its passkey, where it has one', async () => {
    const person = { login: 'kbenali', password: 'Stethoscope-bleu-42' };
    const key = new SoftAuthenticator(mire.issuer);
    const { browser: owner } = await atAccount(mire, '/compte/moyens/cle-acces', { person });
    const made = await passkeyOptions(owner, '/compte/moyens/cle-acces/options');
    await owner.submit({ credential: key.create(made), name: 'Clé' });
    const { account } = (await accounts().byLoginKey('kbenali')) ?? {};
    if (!account) throw new Error('no kbenali');
    const { browser } = await open('0699988779', account);
    await browser.click('J’ai déjà un compte');
    const choice = await browser.submit(person, '/existing');
    expect(choice.url.pathname).toMatch(/\/existing\/proof$/);
    const base = choice.url.pathname.replace(/\/proof$/, '');
    await browser.submit({ credential: key.get(await passkeyOptions(browser, `${base}/passkey/options`)) }, '/passkey');
    expect((await accounts().byIdentity(NATIONAL_ID, '0699988779'))?.id).toBe(account.id);
  });

  test('whose name is unlike that of the register waits for an agent: nothing is joined, nothing is replaced', async () => {
    const { browser } = await open('899700666662', { familyName: 'INTRUS', givenName: 'JEAN' });
    await browser.click('J’ai déjà un compte');
    const sent = inbox().length;
    const { id = '' } = (await accounts().byLoginKey('tmartin'))?.account ?? {};
    // The password went with what was taken back.
    await accounts().setPasswordHash(id, await mire.sandbox.parts.passwords.hash('Agenda-partage-2026'));
    await browser.submit({ login: 'tmartin', password: 'Agenda-partage-2026' }, '/existing');
    const [message] = await messages(mire, sent + 1);
    const refused = await browser.submit({ code: message?.code ?? '' }, '/code');
    expect([refused.status, refused.page.text]).toEqual([409, expect.stringContaining('L’assistance doit vérifier')]);
    expect(refused.page.text).toMatch(/[2-9A-Z]{4}-[2-9A-Z]{4}/);
    expect(await accounts().byIdentity(NATIONAL_ID, '899700666662')).toBeUndefined();
    expect(await accounts().byId(id)).toMatchObject({ familyName: 'Martin', givenName: 'Thomas' });
    const waiting = await mire.sandbox.parts.storage.helpDesk.open(mire.clock.now());
    expect(waiting.map(({ action, accountId }) => [action, accountId])).toEqual([['link-identity', id]]);
  });

  test('that has another number of the register is somebody else’s, whoever knows its password', async () => {
    const started = await application.start();
    const browser = new Browser(mire.issuer);
    await vouchFor(browser, started.url, { externalId: '899700888887' });
    await browser.click('J’ai déjà un compte');
    const sent = inbox().length;
    const shown = await browser.submit(MDURAND, '/existing');
    expect([shown.status, shown.page.querySelector('#erreur')?.text]).toEqual([
      409,
      expect.stringContaining('déjà rattaché à un autre numéro national'),
    ]);
    expect(inbox().length).toBe(sent);
  });
});
