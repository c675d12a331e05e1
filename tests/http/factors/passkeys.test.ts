import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { decodeJwt } from 'jose';
import { atAccount, noticeTo } from '../../support/accounts/account-pages.ts';
import { Application } from '../../support/clients/application.ts';
import { SENT_BY_FORM } from '../../support/clients/hostile-texts.ts';
import { SoftAuthenticator } from '../../support/factors/soft-authenticator.ts';
import { Browser } from '../../support/http/browser.ts';
import { type RunningMire, startMire } from '../../support/mire.ts';
import { MDURAND, signInByPassword } from '../../support/sign-in/journeys.ts';
import { auditOf, begin, csrfOf } from '../../support/sign-in/steps.ts';

type Options = { challenge: string; rp: { id?: string }; user: { id: string }; rpId?: string };

describe('passkeys', () => {
  let mire: RunningMire;
  let key: SoftAuthenticator;
  beforeAll(async () => {
    mire = await startMire();
  });
  afterAll(() => mire.close());
  beforeEach(() => {
    key = new SoftAuthenticator(mire.issuer);
  });

  /** What the page's script asks for, and the answer it sends in the form. */
  async function options(browser: Browser, address: string): Promise<Options> {
    const { current } = browser;
    if (!current) throw new Error('the browser is nowhere');
    const answer = await browser.fetch(address, {
      method: 'POST',
      body: new URLSearchParams({ _csrf: csrfOf(current) }).toString(),
      headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
    });
    expect([address, answer.status]).toEqual([address, 200]);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    return (await answer.json()) as Options;
  }
  const HERE = '/compte/moyens/cle-acces';

  async function enrol(authenticator = key, name = 'Téléphone') {
    const { browser } = await atAccount(mire, HERE);
    const asked = await options(browser, `${HERE}/options`);
    const page = await browser.submit({ credential: authenticator.create(asked), name });
    expect(page.page.text).toContain('clé d');
    return { browser, page };
  }

  /** From an application to the answer of the key. */
  async function present(authenticator: SoftAuthenticator, how: Parameters<SoftAuthenticator['get']>[1] = {}) {
    const begun = await begin(mire, { client: 'messagerie' });
    const { browser, started } = begun;
    const base = begun.page.url.pathname.replace(/\/[^/]*$/, '/cle-acces');
    await browser.get(`${mire.issuer}${base}`);
    const asked = await options(browser, `${base}/options`);
    const send = (credential: string) => browser.submit({ credential }, '/cle-acces');
    return { browser, started, asked, send, page: await send(authenticator.get(asked, how)) };
  }

  test('a key is added, told by mail, and signs in without identifier or password, with two factors', async () => {
    await enrol();
    await noticeTo(mire, 'mdurand@hopital.example', /clé d.accès a été ajoutée/);
    const { page, started } = await present(key);
    const tokens = await started.finish(page.url);
    const claims = decodeJwt(tokens.id_token ?? '');
    expect(claims).toMatchObject({ acr: 'eidas2', mire_mode: 'cle-acces' });
    expect([...(claims.amr as string[])].sort()).toEqual(['hwk', 'mfa', 'user']);
  });

  test('an answer is good once, in its own interaction, and for a while', async () => {
    await enrol();
    const first = await present(key);
    expect(first.page.url.pathname).toContain('callback');
    const other = await begin(mire, { client: 'messagerie' });
    const base = other.page.url.pathname.replace(/\/[^/]*$/, '/cle-acces');
    await other.browser.get(`${mire.issuer}${base}`);
    expect((await other.browser.submit({ credential: key.get(first.asked) }, '/cle-acces')).status).toBe(401);
    const late = await options(other.browser, `${base}/options`);
    mire.clock.forward(6 * 60);
    expect((await other.browser.submit({ credential: key.get(late) }, '/cle-acces')).status).toBe(401);
    mire.clock.forward(-6 * 60);
  });

  test('another origin, or a holder who was not verified, opens nothing, however well it is signed', async () => {
    await enrol();
    for (const how of [{ origin: 'https://mire.example.evil' }, { verified: false }])
      expect((await present(key, how)).page.status).toBe(401);
    const { browser } = await atAccount(mire, HERE);
    const fresh = new SoftAuthenticator(mire.issuer);
    for (const how of [{ origin: 'https://mire.example.evil' }, { verified: false }]) {
      const asked = await options(browser, `${HERE}/options`);
      expect((await browser.submit({ credential: fresh.create(asked, how) })).status).toBe(401);
    }
  });

  test('a counter that went back suspends the key and tells its owner; a forged answer does not', async () => {
    await enrol(key, 'Clé du bureau');
    key.counter = 40;
    expect((await present(key)).page.url.pathname).toContain('callback');
    const stranger = new SoftAuthenticator(mire.issuer);
    const forged = await begin(mire, { client: 'messagerie' });
    const base = forged.page.url.pathname.replace(/\/[^/]*$/, '/cle-acces');
    await forged.browser.get(`${mire.issuer}${base}`);
    const asked = await options(forged.browser, `${base}/options`);
    const mine = JSON.parse(key.get(asked, { counter: 3 }));
    const theirs = JSON.parse(stranger.get(asked, { counter: 3 }));
    const mixed = { ...mine, response: { ...mine.response, signature: theirs.response.signature } };
    expect((await forged.browser.submit({ credential: JSON.stringify(mixed) }, '/cle-acces')).status).toBe(401);
    expect((await present(key, { counter: 60 })).page.url.pathname).toContain('callback');

    const cloned = await present(key, { counter: 59 });
    expect(cloned.page.status).toBe(403);
    expect(cloned.page.page.text).toContain('copiée');
    const told = await noticeTo(mire, 'mdurand@hopital.example', /suspendue/);
    expect(told.text).toContain('Clé du bureau');
    expect((await present(key, { counter: 90 })).page.status).toBe(403);
    expect(await auditOf(mire, 'passkey.cloned')).toHaveLength(1);
  });

  test('a removed key opens nothing; undoing the removal gives it back', async () => {
    const { browser, page } = await enrol(key, 'À retirer');
    const link = page.page.querySelectorAll('a').find((one) => one.text.includes('À retirer'));
    await browser.get(link?.getAttribute('href') ?? '');
    const named = await browser.submit({ name: 'Renommée' }, '/renommer');
    expect(named.page.text).toContain('Renommée');
    await browser.click('Renommée');
    for (const name of SENT_BY_FORM)
      expect({ name, status: (await browser.submit({ name }, '/renommer')).status }).toEqual({ name, status: 422 });
    await browser.get(HERE.replace('/cle-acces', ''));
    await browser.click('Renommée');
    const id = browser.current?.page.querySelector('button[name=passkey]')?.getAttribute('value') ?? '';
    await browser.submit({ passkey: id }, '/retirer');
    expect((await present(key)).page.status).toBe(401);
    const { text } = await noticeTo(mire, 'mdurand@hopital.example', /clé d.accès a été retirée/);
    await browser.get('/compte/annuler');
    await browser.submit({ undo_code: /(?:\w{5}-){3}\w{5}/.exec(text)?.[0] ?? '' });
    expect((await present(key)).page.url.pathname).toContain('callback');
  });

  test('the same key is registered once, and for one person', async () => {
    await enrol();
    const person = { login: 'kbenali', password: 'Stethoscope-bleu-42' };
    const { browser } = await atAccount(mire, HERE, { person });
    const asked = await options(browser, `${HERE}/options`);
    expect((await browser.submit({ credential: key.create(asked) })).status).toBe(422);
  });

  test('it stands beside the password in place of the code, and only for its own person', async () => {
    await enrol();
    const begun = await begin(mire, { client: 'messagerie' });
    const { browser, started } = begun;
    if (!browser.current?.url.pathname.endsWith('/code-ephemere')) await browser.click('Code Éphémère');
    await browser.submit(MDURAND);
    const base = begun.page.url.pathname.replace(/\/[^/]*$/, '/code-ephemere/passkey');
    const asked = await options(browser, `${base}/options`);
    const page = await browser.submit({ credential: key.get(asked) }, '/code-ephemere/passkey');
    const claims = decodeJwt((await started.finish(page.url)).id_token ?? '');
    expect(claims).toMatchObject({ acr: 'eidas2', mire_mode: 'code-ephemere' });
    expect([...(claims.amr as string[])].sort()).toEqual(['hwk', 'mfa', 'pwd', 'user']);

    const other = await begin(mire, { client: 'messagerie' });
    if (!other.browser.current?.url.pathname.endsWith('/code-ephemere')) await other.browser.click('Code Éphémère');
    await other.browser.submit({ login: 'kbenali', password: 'Stethoscope-bleu-42' });
    const there = other.page.url.pathname.replace(/\/[^/]*$/, '/code-ephemere/passkey');
    const theirs = await options(other.browser, `${there}/options`);
    const refused = await other.browser.post(there, {
      _csrf: csrfOf(other.browser.current as never),
      credential: key.get(theirs),
    });
    expect(refused.status).toBe(401);
  });

  test('it completes a password that lives in the session: the factors of both', async () => {
    await enrol();
    const browser = new Browser(mire.issuer);
    const ror = await Application.discover(mire.issuer, 'ror');
    await signInByPassword(browser, (await ror.start()).url);
    const messagerie = await Application.discover(mire.issuer, 'messagerie');
    const started = await messagerie.start();
    const page = await browser.get(started.url);
    const base = page.url.pathname.replace(/\/[^/]*$/, '/cle-acces');
    await browser.get(`${mire.issuer}${base}`);
    const asked = await options(browser, `${base}/options`);
    const back = await browser.submit({ credential: key.get(asked) }, '/cle-acces');
    const claims = decodeJwt((await started.finish(back.url)).id_token ?? '');
    expect(claims).toMatchObject({ acr: 'eidas2', mire_mode: 'cle-acces' });
    expect([...(claims.amr as string[])].sort()).toEqual(['hwk', 'mfa', 'pwd', 'user']);
  });

  test('what is no credential is refused with a sentence', async () => {
    const begun = await begin(mire, { client: 'messagerie' });
    const base = begun.page.url.pathname.replace(/\/[^/]*$/, '/cle-acces');
    await begun.browser.get(`${mire.issuer}${base}`);
    for (const credential of ['not json', '{}', '[]', JSON.stringify({ id: 'x', rawId: 'x', type: 'public-key' })])
      expect((await begun.browser.submit({ credential }, '/cle-acces')).status).toBe(401);
    expect((await begun.browser.submit({ credential: '' }, '/cle-acces')).status).toBe(422);
  });
});
