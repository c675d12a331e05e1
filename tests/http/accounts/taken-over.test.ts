import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { NATIONAL_ID } from '../../../src/accounts/account.ts';
import { codeOf } from '../../../src/challenges/hotp.ts';
import { periodOf } from '../../../src/factors/totp.ts';
import { atAccount, noticeTo, undoCodeOf } from '../../support/accounts/account-pages.ts';
import { choose } from '../../support/accounts/parked-proofs.ts';
import { Application } from '../../support/clients/application.ts';
import { signedInDesktop } from '../../support/desktop/desktops.ts';
import { SoftAuthenticator } from '../../support/factors/soft-authenticator.ts';
import { Browser } from '../../support/http/browser.ts';
import { type RunningMire, startMire } from '../../support/mire.ts';
import { MDURAND, messages } from '../../support/sign-in/journeys.ts';
import { auditOf, csrfOf } from '../../support/sign-in/steps.ts';
import { vouchFor, WITH_VOUCHING } from '../../support/sign-in/vouching-mode.ts';

const OWNER = 'mdurand@hopital.example';
const INTRUDER = 'intrus@x.example';
const ADELI = '0691234567';

describe('an account that an intruder took over, through its pages', () => {
  let mire: RunningMire;
  beforeAll(async () => {
    mire = await startMire({ env: { RATE_LIMIT_FACTOR: '1000' }, added: { modes: WITH_VOUCHING } });
  });
  afterAll(() => mire.close());

  const storage = () => mire.sandbox.parts.storage;
  const account = async () => {
    const found = await storage().accounts.byLoginKey('mdurand');
    if (!found) throw new Error('no mdurand');
    return found.account;
  };
  const contact = async (browser: Browser, fields: Record<string, string>, to: string) => {
    // Another code may be asked for.
    mire.clock.forward(31);
    await browser.get(`${mire.issuer}/compte/coordonnees`);
    const sent = mire.sandbox.inbox.list().length;
    const asked = await browser.submit(fields, to);
    expect([asked.url.pathname, asked.status]).toEqual(['/compte/coordonnees/code', 200]);
    const [message] = await messages(mire, sent + 1);
    await browser.submit({ code: message?.code ?? '' });
  };
  /** With the intruder's own number of the register, by the phone that is already theirs. */
  async function linkOwnCard() {
    const application = await Application.discover(mire.issuer, 'messagerie');
    const browser = new Browser(mire.issuer);
    const statement = { familyName: 'DURAND', givenName: 'MARIE', profession: '60' };
    await vouchFor(browser, (await application.start()).url, { externalId: ADELI, statement });
    await browser.click('J’ai déjà un compte');
    const sent = mire.sandbox.inbox.list().length;
    await browser.submit(MDURAND, '/existing');
    const [sms] = await messages(mire, sent + 1);
    await browser.submit({ code: sms?.code ?? '' }, '/code');
  }
  async function addFactors(browser: Browser) {
    await browser.get('/compte/moyens/cle-acces');
    const { current } = browser;
    const answer = await browser.fetch('/compte/moyens/cle-acces/options', {
      method: 'POST',
      body: new URLSearchParams({ _csrf: current ? csrfOf(current) : '' }).toString(),
      headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
    });
    const key = new SoftAuthenticator(mire.issuer);
    await browser.submit({ credential: key.create((await answer.json()) as never), name: 'Intruse' });
    const page = await browser.get('/compte/moyens/application');
    const seed = page.page.querySelector('.big-code')?.text.replaceAll(' ', '') ?? '';
    await browser.submit({ code: codeOf(seed, periodOf(mire.clock.now())) });
    await browser.get('/compte/moyens/codes');
    await browser.submit({}, '/codes');
  }

  test('"it was not me" takes all of it back, says each thing, and leaves nothing to the codes of the intruder’s mailbox', async () => {
    const before = await account();
    const { browser: intruder } = await atAccount(mire, '/compte/coordonnees');
    await contact(intruder, { email: INTRUDER }, '/mail');
    await contact(intruder, { phone: '06 11 22 33 44' }, '/sms');
    await linkOwnCard();
    await signedInDesktop(mire, { name: 'Poste intrus' });
    await addFactors(intruder);
    await intruder.get('/compte/mot-de-passe');
    await choose(intruder, 'intrus-lanterne-pluie-91');
    const taken = await account();
    const { id } = taken;
    expect(taken).toMatchObject({ email: INTRUDER, phone: '+33611223344', phoneVerified: true, profession: '60' });
    expect(await storage().passkeys.of(id)).toHaveLength(1);
    expect(await storage().authenticators.of(id)).toBeDefined();
    expect((await storage().accounts.byIdentity(NATIONAL_ID, ADELI))?.id).toBe(id);
    expect(await storage().desktopDevices.of(id)).toHaveLength(1);

    const told = await noticeTo(mire, OWNER, /adresse mail a changé/);
    const owner = new Browser(mire.issuer);
    await owner.get(`${mire.issuer}/compte/annuler`);
    const page = await owner.submit({ undo_code: undoCodeOf(told), not_me: 'yes' });
    expect(page.url.pathname).toBe('/compte/annule');
    for (const sentence of [
      'L’adresse mail d’avant est remise',
      'Le numéro de téléphone d’avant est remis',
      'Le mot de passe ne sert plus',
      'Les clés d’accès ajoutées depuis sont retirées',
      'L’application d’authentification liée depuis est retirée',
      'ceux d’avant ne peuvent pas être remis',
      'avec le nom et la profession qu’elles avaient apportés',
      'Les postes ajoutés depuis sont retirés',
    ])
      expect(page.page.text).toContain(sentence);
    expect(page.page.text).not.toContain('revenu à ce qu');
    const told2 = await noticeTo(mire, OWNER, /compte a été repris/);
    expect(told2.text).toContain('Le numéro de téléphone d’avant est remis');

    const after = await account();
    const kept = ['email', 'emailVerified', 'phone', 'phoneVerified', 'profession', 'familyName', 'givenName'] as const;
    for (const field of kept) expect([field, after[field]]).toEqual([field, before[field]]);
    expect(await storage().passkeys.of(id)).toEqual([]);
    expect(await storage().authenticators.of(id)).toBeUndefined();
    expect(await storage().recoveryCodes.left(id)).toBe(0);
    expect(await storage().accounts.byIdentity(NATIONAL_ID, ADELI)).toBeUndefined();
    expect(await storage().desktopDevices.of(id)).toEqual([]);
    expect(await storage().care.passwordHash(id)).toBeUndefined();
    expect((await intruder.get(`${mire.issuer}/compte`)).url.pathname).toMatch(/^\/interaction\//);
    const [line] = await auditOf(mire, 'account.change-undone');
    expect(line?.details).toMatchObject({ disowned: true, did: expect.arrayContaining(['passkeys-gone']) });

    const mailbox = () => mire.sandbox.inbox.all().filter(({ to }) => to === INTRUDER);
    const codes = mailbox().map(undoCodeOf).filter(Boolean);
    expect(codes.length).toBeGreaterThanOrEqual(4);
    for (const code of codes) {
      await intruder.get(`${mire.issuer}/compte/annuler`);
      expect((await intruder.submit({ undo_code: code, not_me: 'yes' })).status).toBe(422);
    }
    expect(await storage().care.passwordHash(id)).toBeUndefined();
  });
});

describe('the identities of an account, on its page', () => {
  let mire: RunningMire;
  beforeAll(async () => {
    mire = await startMire({ cards: true, env: { RATE_LIMIT_FACTOR: '100' } });
  });
  afterAll(async () => {
    mire.clock.restore();
    await mire.close();
  });

  test('are seen with how they came, taken away with a recent proof, told, and put back by the undo', async () => {
    const { storage } = mire.sandbox.parts;
    const { browser, page } = await atAccount(mire, '/compte/moyens');
    const id = (await storage.accounts.byLoginKey('mdurand'))?.account.id ?? '';
    const number = (await storage.accounts.identity(id, NATIONAL_ID)) ?? '';
    expect(page.page.text).toContain('Répertoire national (carte CPS, Pro Santé Connect)');
    expect(page.page.text).toContain('Reprise avec votre compte, le');
    const other = await atAccount(mire);
    mire.clock.forwardAll(12 * 60);
    const old = await browser.click('Détacher');
    expect(old.url.pathname).toMatch(/^\/interaction\//);

    const { browser: fresh } = await atAccount(mire, '/compte/moyens');
    const asked = await fresh.click('Détacher');
    expect(asked.page.text).toContain('Elle n’ouvrira plus votre compte');
    const identity = asked.page.querySelector('button[name=identity]')?.getAttribute('value') ?? '';
    const done = await fresh.submit({ identity }, '/retirer');
    expect(done.page.text).toContain("cette identité n'ouvre plus votre compte");
    expect(await storage.accounts.byIdentity(NATIONAL_ID, number)).toBeUndefined();
    expect((await other.browser.get(`${mire.issuer}/compte`)).url.pathname).toMatch(/^\/interaction\//);
    expect(await auditOf(mire, 'account.identity-removed')).toHaveLength(1);

    const told = await noticeTo(mire, OWNER, /détaché/);
    const anybody = new Browser(mire.issuer);
    await anybody.get(`${mire.issuer}/compte/annuler`);
    await anybody.submit({ undo_code: undoCodeOf(told) });
    expect((await storage.accounts.byIdentity(NATIONAL_ID, number))?.id).toBe(id);
  });

  test('the last way to sign in is not taken away', async () => {
    const { storage } = mire.sandbox.parts;
    const { browser } = await atAccount(mire, '/compte/moyens');
    const id = (await storage.accounts.byLoginKey('mdurand'))?.account.id ?? '';
    const asked = await browser.click('Détacher');
    await storage.care.removePassword(id);
    const identity = asked.page.querySelector('button[name=identity]')?.getAttribute('value') ?? '';
    const refused = await browser.submit({ identity }, '/retirer');
    expect([refused.status, refused.page.text]).toEqual([422, expect.stringContaining('plus rien')]);
  });
});
