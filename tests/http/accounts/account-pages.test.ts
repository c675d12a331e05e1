import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { atAccount, noticeTo, proveByCode, undoCodeOf } from '../../support/accounts/account-pages.ts';
import { Browser } from '../../support/http/browser.ts';
import { type RunningMire, startMire } from '../../support/mire.ts';
import { MDURAND, messages, signInByPassword } from '../../support/sign-in/journeys.ts';
import { auditOf, signedIn } from '../../support/sign-in/steps.ts';

describe('the account of a professional', () => {
  let mire: RunningMire;
  beforeAll(async () => {
    mire = await startMire();
  });
  afterAll(() => mire.close());
  const account = async (login = MDURAND.login) => {
    const found = await mire.sandbox.parts.storage.accounts.byLoginKey(login);
    if (!found) throw new Error(`no ${login}`);
    return found.account;
  };

  test('whoever is not signed in signs in on the road of every application, and comes back to the page', async () => {
    const browser = new Browser(mire.issuer);
    const page = await browser.get(`${mire.issuer}/compte/appareils`);
    expect(page.url.pathname).toMatch(/^\/interaction\//);
    expect(page.body).toContain('Mon compte');
    await browser.click('Login / Mdp');
    const back = await browser.submit(MDURAND);
    expect(back.url.pathname).toBe('/compte/appareils');
    expect(back.status).toBe(200);
    expect(back.page.text).toContain('Cet appareil');
  });

  test('who turns back is not sent on the road again', async () => {
    const browser = new Browser(mire.issuer);
    await browser.get(`${mire.issuer}/compte`);
    const back = await browser.submit({}, '/abort');
    expect(back.url.pathname).toBe('/');
  });

  test('the way back leads to pages of ours alone', async () => {
    const browser = new Browser(mire.issuer);
    for (const state of ['https://evil.example/', '//evil.example', '/compte/../logout', '/\\evil', '/compte?x=1']) {
      const answer = await browser.fetch(`/compte/retour?state=${encodeURIComponent(state)}`);
      expect([state, answer.headers.get('location')]).toEqual([state, '/compte']);
    }
  });

  test('identity says where each fact comes from', async () => {
    const { page } = await atAccount(mire);
    expect(page.page.text).toContain('Vérifié par un code');
    expect(page.page.text).toContain((await account()).email ?? '-');
  });

  test('a number that nothing reaches is said to be one, until a code comes back from it', async () => {
    const { storage } = mire.sandbox.parts;
    const { browser } = await atAccount(mire);
    const { id, phone } = await account();
    const at = mire.clock.now();
    const shown = async () => (await browser.get(`${mire.issuer}/compte`)).page.text;
    expect(await storage.lifecycles.phoneRefused(id, phone ?? '', at)).toBe(true);
    expect(await shown()).toContain('Refusé par les opérateurs depuis le');
    await storage.lifecycles.phoneReached(id, phone ?? '', new Date(at.getTime() + 1000));
    expect(await shown()).not.toContain('Refusé par les opérateurs');
  });

  test('a page that changes something asks for two factors, recently given', async () => {
    const { browser } = await signedIn(mire);
    const road = await browser.get(`${mire.issuer}/compte/coordonnees`);
    expect(road.url.pathname).toMatch(/^\/interaction\//);
    expect((await proveByCode(mire, browser)).url.pathname).toBe('/compte/coordonnees');
    expect((await browser.get(`${mire.issuer}/compte/mot-de-passe`)).url.pathname).toBe('/compte/mot-de-passe');
    mire.clock.forwardAll(12 * 60);
    try {
      expect((await browser.get(`${mire.issuer}/compte`)).url.pathname).toBe('/compte');
      expect((await browser.get(`${mire.issuer}/compte/mot-de-passe`)).url.pathname).toMatch(/^\/interaction\//);
    } finally {
      mire.clock.restore();
    }
  });

  test('a form of another session, or without its token, changes nothing', async () => {
    const { browser } = await atAccount(mire, '/compte/mot-de-passe');
    const forged = await browser.post('/compte/mot-de-passe', {
      _csrf: 'forged',
      new_password: 'un tout nouveau secret',
      new_password_confirmation: 'un tout nouveau secret',
    });
    expect(forged.status).toBe(403);
    expect(
      (await signInByPassword(new Browser(mire.issuer), new URL(`${mire.issuer}/compte/entrer`))).url.pathname,
    ).toBe('/compte');
  });

  test('a new mail counts once its code came back; both addresses are told, and the old one can undo it', async () => {
    const { email = '' } = await account();
    const { browser } = await atAccount(mire, '/compte/coordonnees');
    const sent = mire.sandbox.inbox.list().length;
    const page = await browser.submit({ email: 'nouvelle@hopital.example' }, '/mail');
    expect(page.url.pathname).toBe('/compte/coordonnees/code');
    expect((await account()).email).toBe(email);
    const [message] = await messages(mire, sent + 1);
    expect(message).toMatchObject({ to: 'nouvelle@hopital.example', subject: expect.stringMatching(/vérification/) });
    const wrong = await browser.submit({ code: message?.code === '000000' ? '111111' : '000000' });
    expect(wrong.status).toBe(401);
    const done = await browser.submit({ code: message?.code ?? '' });
    expect(done.page.text).toContain('vos coordonnées sont à jour');
    expect(await account()).toMatchObject({ email: 'nouvelle@hopital.example', emailVerified: true });
    const [line] = await auditOf(mire, 'account.contact-changed');
    expect(JSON.stringify(line)).not.toContain('hopital');

    await noticeTo(mire, 'nouvelle@hopital.example', /maintenant celle de votre compte/);
    const told = await noticeTo(mire, email, /adresse mail a changé/);
    const stranger = new Browser(mire.issuer);
    await stranger.get(`${mire.issuer}/compte/annuler`);
    const undone = await stranger.submit({ undo_code: undoCodeOf(told).toLowerCase().replaceAll('-', ' ') });
    expect(undone.url.pathname).toBe('/compte/annule');
    expect(await account()).toMatchObject({ email, emailVerified: true });
    expect((await browser.get(`${mire.issuer}/compte`)).url.pathname).toMatch(/^\/interaction\//);
    await stranger.get(`${mire.issuer}/compte/annuler`);
    expect((await stranger.submit({ undo_code: undoCodeOf(told) })).status).toBe(422);
  });

  test('an address that is somebody’s is refused only to who holds its code', async () => {
    const { email = '' } = await account('kbenali');
    const { browser } = await atAccount(mire, '/compte/coordonnees');
    const sent = mire.sandbox.inbox.list().length;
    expect((await browser.submit({ email }, '/mail')).url.pathname).toBe('/compte/coordonnees/code');
    const [message] = await messages(mire, sent + 1);
    const refused = await browser.submit({ code: message?.code ?? '' });
    expect(refused.status).toBe(422);
    expect(refused.page.text).toContain('ne peut pas être utilisée');
    expect((await account('kbenali')).email).toBe(email);
  });

  test('a new password ends every other session and is told by mail; a weak one is refused', async () => {
    const other = await atAccount(mire);
    const { browser } = await atAccount(mire, '/compte/mot-de-passe');
    const send = (word: string, again = word) =>
      browser.submit({ new_password: word, new_password_confirmation: again });
    expect((await send('court')).status).toBe(422);
    expect((await send('trois mots sans lien', 'autre chose encore')).page.text).toContain('pas identiques');
    const done = await send('girafe-bitume-melodie-77');
    expect(done.page.text).toContain('votre mot de passe a changé');
    expect((await browser.get(`${mire.issuer}/compte`)).url.pathname).toBe('/compte');
    expect((await other.browser.get(`${mire.issuer}/compte`)).url.pathname).toMatch(/^\/interaction\//);
    const told = await noticeTo(mire, (await account()).email ?? '', /mot de passe a changé/);
    const stranger = new Browser(mire.issuer);
    await stranger.get(`${mire.issuer}/compte/annuler`);
    expect((await stranger.submit({ undo_code: undoCodeOf(told) })).url.pathname).toBe('/compte/annule');
    const back = await signInByPassword(new Browser(mire.issuer), new URL(`${mire.issuer}/compte/entrer`));
    expect(back.url.pathname).toBe('/compte');
  });

  test('a session is ended from another device, and all the others at once', async () => {
    const away = await atAccount(mire);
    const { browser, page } = await atAccount(mire, '/compte/appareils');
    const [hash] = page.page.querySelectorAll('[name=session]').map((one) => one.getAttribute('value'));
    expect((await browser.submit({ session: hash ?? '' }, '/fermer')).page.text).toContain('la session est fermée');
    await browser.submit({}, '/fermer-les-autres');
    expect(browser.current?.page.querySelectorAll('[name=session]')).toHaveLength(0);
    expect((await away.browser.get(`${mire.issuer}/compte`)).url.pathname).toMatch(/^\/interaction\//);
  });

  test('everything kept of a person is readable, and a file, and opens nothing', async () => {
    const { browser, page } = await atAccount(mire, '/compte/donnees');
    expect(page.status).toBe(200);
    expect(page.page.text).toContain('Durand');
    const file = await browser.get(`${mire.issuer}/compte/donnees.json`);
    expect(file.headers.get('content-disposition')).toContain('mire.json');
    const data = JSON.parse(file.body);
    expect(data.account).toMatchObject({ login: 'mdurand', national_id: expect.any(String) });
    expect(data.sign_ins.length).toBeGreaterThan(3);
    expect(file.body).not.toMatch(/argon2|seed|hash/);
  });

  test('two browsers that change the same address at once: one wins, the other is told, nothing is overwritten', async () => {
    const before = await account();
    const one = await atAccount(mire, '/compte/coordonnees');
    const two = await atAccount(mire, '/compte/coordonnees');
    const codes: string[] = [];
    for (const [index, { browser }] of [one, two].entries()) {
      const sent = mire.sandbox.inbox.list().length;
      await browser.submit({ phone: `06 98 76 54 0${index}` }, '/sms');
      const [message] = await messages(mire, sent + 1);
      codes.push(message?.code ?? '');
    }
    const answers = await Promise.all(
      [one, two].map(({ browser }, index) => browser.submit({ code: codes[index] ?? '' })),
    );
    const statuses = answers.map(({ status }) => status).sort();
    expect(statuses[0]).toBe(200);
    // The other came just before, and won, or just after, and is told; both may not win over the same value.
    const changed = await auditOf(mire, 'account.contact-changed');
    expect(changed.at(-1)?.details).toMatchObject({ channel: 'sms' });
    expect(statuses).toContain(statuses[1] === 200 ? 200 : 409);
    expect((await account()).phone).not.toBe(before.phone);
  });

  test('a closed account opens nothing, and its owner has 72 hours to think again', async () => {
    const person = { login: 'kbenali', password: 'Stethoscope-bleu-42' };
    const { email = '' } = await account('kbenali');
    const { browser } = await atAccount(mire, '/compte/fermeture', { person });
    const closed = await browser.submit({ sure: 'yes' });
    expect(closed.url.pathname).toBe('/compte/ferme');
    expect((await account('kbenali')).status).toBe('closed');
    const refused = await signInByPassword(new Browser(mire.issuer), new URL(`${mire.issuer}/compte/entrer`), person);
    expect(refused.status).toBe(403);
    const told = await noticeTo(mire, email, /compte est fermé/);
    const stranger = new Browser(mire.issuer);
    await stranger.get(`${mire.issuer}/compte/annuler`);
    await stranger.submit({ undo_code: undoCodeOf(told) });
    expect((await account('kbenali')).status).toBe('active');
  });
});

describe('undoing', () => {
  let mire: RunningMire;
  beforeAll(async () => {
    mire = await startMire();
  });
  afterAll(() => mire.close());

  async function changedPhone() {
    const { browser } = await atAccount(mire, '/compte/coordonnees');
    const sent = mire.sandbox.inbox.list().length;
    await browser.submit({ phone: `06 11 22 33 ${10 + (mire.sandbox.inbox.all().length % 80)}` }, '/sms');
    const [message] = await messages(mire, sent + 1);
    await browser.submit({ code: message?.code ?? '' });
    const { account } = (await mire.sandbox.parts.storage.accounts.byLoginKey('mdurand')) ?? {};
    return { email: account?.email ?? '', phone: account?.phone };
  }
  const undo = async (code: string) => {
    const stranger = new Browser(mire.issuer);
    await stranger.get(`${mire.issuer}/compte/annuler`);
    return stranger.submit({ undo_code: code, not_me: 'yes' });
  };

  test('works 71 hours later, and not 73 hours later', async () => {
    const { email } = await changedPhone();
    const first = await noticeTo(mire, email, /téléphone a changé/);
    mire.clock.forward(73 * 3600);
    expect((await undo(undoCodeOf(first))).status).toBe(422);
    mire.clock.forward(-2 * 3600);
    expect((await undo(undoCodeOf(first))).url.pathname).toBe('/compte/annule');
    mire.clock.forward(-71 * 3600);
    const { account } = (await mire.sandbox.parts.storage.accounts.byLoginKey('mdurand')) ?? {};
    expect(account?.phone).not.toMatch(/^\+33611/);
    const refused = await signInByPassword(new Browser(mire.issuer), new URL(`${mire.issuer}/compte/entrer`));
    expect(refused.status).toBe(401);
  });

  test('an unknown code is refused, and tried only so often', async () => {
    const codes = Array.from({ length: 4 }, (_, index) => `ABCDE-ABCDE-ABCDE-ABCD${index + 2}`);
    for (const code of codes) expect((await undo(code)).status).toBe(422);
  });
});
