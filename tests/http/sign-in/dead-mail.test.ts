import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { atAccount } from '../../support/accounts/account-pages.ts';
import { nationalId } from '../../support/cards/cards.ts';
import { register, registrationToken } from '../../support/clients/registration.ts';
import { askDesktop, goOn, signedInDesktop } from '../../support/desktop/desktops.ts';
import { passkeyOptions } from '../../support/factors/passkey-options.ts';
import { SoftAuthenticator } from '../../support/factors/soft-authenticator.ts';
import { Browser } from '../../support/http/browser.ts';
import { type RunningMire, startMire } from '../../support/mire.ts';
import { MDURAND, newestCode, openCodeEphemere, signInByPassword } from '../../support/sign-in/journeys.ts';
import { auditOf, begin, csrfOf, interactionOf } from '../../support/sign-in/steps.ts';
import { vouchFor, WITH_VOUCHING } from '../../support/sign-in/vouching-mode.ts';

const DAY = 24 * 60 * 60;
const HEADING = 'Nous n’arrivons plus à vous écrire';
const DEAD = 'mdurand@hopital.example';

describe('somebody whose mail is dead', () => {
  let mire: RunningMire;
  beforeAll(async () => {
    mire = await startMire({ env: { RATE_LIMIT_FACTOR: '1000' }, added: { modes: WITH_VOUCHING } });
  });
  afterAll(() => mire.close());

  const account = async () => {
    const found = await mire.sandbox.parts.storage.accounts.byLoginKey('mdurand');
    if (!found) throw new Error('no mdurand');
    return found.account;
  };
  const row = () => mire.database.database('accounts').where({ login: 'mdurand' });
  beforeEach(async () => {
    mire.clock.restore();
    await row().update({
      email: DEAD,
      email_key: DEAD,
      email_verified: true,
      email_refused_at: mire.clock.now(),
      mail_asked_at: null,
    });
  });

  /** By something that is neither a password nor that mailbox. */
  const signIn = async (client = 'messagerie', browser = new Browser(mire.issuer)) => {
    const begun = await begin(mire, { client, browser, parameters: { prompt: 'login' } });
    const page = await vouchFor(browser, begun.page.url, { externalId: nationalId('mdurand') });
    return { ...begun, page };
  };

  /** Password and code; where there is one channel alone that counts, the code goes there. */
  const byCode = async () => {
    const begun = await begin(mire, { client: 'messagerie' });
    await openCodeEphemere(begun.browser);
    await begun.browser.submit(MDURAND);
    return { ...begun, page: await begun.browser.submit({ code: (await newestCode(mire)).code }) };
  };

  test('learned it nowhere: a strong sign-in says so, and takes another address once its code came back', async () => {
    const { browser, page, started } = await signIn();
    expect([page.status, page.page.querySelector('h1')?.text.trim()]).toEqual([200, HEADING]);
    expect(page.body).toContain('m•••••@hopital.example');
    expect(page.body).not.toContain(DEAD);
    const asked = await browser.submit({ email: 'marie@ailleurs.example' });
    expect(asked.body).toContain('marie@ailleurs.example');
    expect((await account()).email).toBe(DEAD);
    expect((await browser.submit({ code: '12' })).status).toBe(422);
    // As typed in another tab, the language changed, or the page read again.
    expect((await browser.get(interactionOf(page))).body).toContain('marie@ailleurs.example');
    const back = await browser.submit({ code: (await newestCode(mire)).code });
    expect((await started.finish(back.url)).claims()).toMatchObject({ acr: 'eidas2', mire_mode: 'psc' });
    const { email, emailVerified, emailRefusedAt } = await account();
    expect([email, emailVerified, emailRefusedAt]).toEqual(['marie@ailleurs.example', true, undefined]);
    expect((await auditOf(mire, 'account.contact-changed')).at(-1)?.details).toEqual({ channel: 'mail', same: false });
    const again = await signIn();
    expect((await again.started.finish(again.page.url)).claims()).toBeTruthy();
  });

  test('may put it off, and is left in peace for seven days; another refusal is asked about at once', async () => {
    const { browser, started } = await signIn();
    const back = await browser.submit({}, '/mail/later');
    expect((await started.finish(back.url)).claims()).toMatchObject({ acr: 'eidas2' });
    expect(await auditOf(mire, 'account.mail-put-off')).toHaveLength(1);
    const bySixDays = async (days: number) => {
      mire.clock.forwardAll(days * DAY);
      return (await signIn()).page;
    };
    expect((await bySixDays(6)).url.searchParams.has('code')).toBe(true);
    expect((await bySixDays(1)).body).toContain(HEADING);
    mire.clock.restore();
    expect((await signIn()).page.url.searchParams.has('code')).toBe(true);
    await row().update({ email_refused_at: new Date(mire.clock.now().getTime() + 1000) });
    expect((await signIn()).page.body).toContain(HEADING);
  });

  test('may prove that it works after all: it is a mail like any other again', async () => {
    const { browser, started } = await signIn();
    const asked = await browser.submit({}, '/mail/same');
    expect(asked.body).toContain('m•••••@hopital.example');
    const back = await browser.submit({ code: (await newestCode(mire)).code });
    expect((await started.finish(back.url)).claims()).toMatchObject({ acr: 'eidas2' });
    expect((await account()).emailRefusedAt).toBeUndefined();
    expect((await auditOf(mire, 'account.contact-changed')).at(-1)?.details).toEqual({ channel: 'mail', same: true });
  });

  test('is not asked after a password alone, nor by a code that came to that very mail', async () => {
    const ror = await begin(mire);
    const open = await signInByPassword(ror.browser, ror.started.url);
    expect((await ror.started.finish(open.url)).claims()).toMatchObject({ acr: 'eidas1' });
    const { phone } = await account();
    await row().update({ phone_verified: false });
    try {
      const { page, started } = await byCode();
      expect((await started.finish(page.url)).claims()).toMatchObject({ acr: 'eidas2' });
      expect((await account()).emailRefusedAt).toBeUndefined();
    } finally {
      await row().update({ phone, phone_verified: true });
    }
  });

  test('is asked after a code by SMS', async () => {
    expect((await byCode()).page.body).toContain(HEADING);
  });

  test('is not stopped on the way to the page that changes it; on the way to others, and back there', async () => {
    const browser = new Browser(mire.issuer);
    const road = await browser.get(`${mire.issuer}/compte/entrer?retour=/compte/coordonnees`);
    const there = await vouchFor(browser, road.url, { externalId: nationalId('mdurand') });
    expect([there.status, there.url.pathname]).toEqual([200, '/compte/coordonnees']);
    const other = new Browser(mire.issuer);
    const start = await other.get(`${mire.issuer}/compte/entrer?retour=/compte/historique`);
    const asked = await vouchFor(other, start.url, { externalId: nationalId('mdurand') });
    expect(asked.body).toContain(HEADING);
    expect((await other.submit({}, '/mail/later')).url.pathname).toBe('/compte/historique');
  });

  test('is asked nothing by a request that may show no page', async () => {
    const { browser, application, started } = await signIn();
    await started.finish((await browser.submit({}, '/mail/later')).url);
    await row().update({ mail_asked_at: null });
    const silent = await application.start({ prompt: 'none' });
    expect((await silent.finish((await browser.get(silent.url)).url)).claims()).toMatchObject({ acr: 'eidas2' });
  });

  test('is asked in the browser where a device without a keyboard is let in, which then is', async () => {
    const grant = 'urn:ietf:params:oauth:grant-type:device_code';
    const device = await register(mire.issuer, await registrationToken(mire.issuer), {
      grant_types: [grant],
      response_types: [],
      redirect_uris: [],
      client_name: 'Écran du service',
    });
    const authorization = `Basic ${Buffer.from(`${device.client_id}:${device.client_secret}`).toString('base64')}`;
    const call = async (path: string, fields: Record<string, string>) => {
      const answer = await fetch(`${mire.issuer}${path}`, {
        method: 'POST',
        headers: { authorization },
        body: new URLSearchParams(fields),
      });
      return (await answer.json()) as Readonly<Record<string, string>>;
    };
    const { user_code = '', device_code = '' } = await call('/device/authorization', { scope: 'openid' });
    const browser = new Browser(mire.issuer);
    await browser.get('/device');
    await browser.submit({ user_code });
    const road = await browser.submit({ confirm: 'yes' });
    expect((await vouchFor(browser, road.url, { externalId: nationalId('mdurand') })).body).toContain(HEADING);
    await browser.submit({}, '/mail/later');
    const done = await browser.submit({ decision: 'accept' }, '/consent');
    expect([done.status, done.url.pathname.startsWith('/device')]).toEqual([200, true]);
    expect(await call('/token', { grant_type: grant, device_code })).toMatchObject({ token_type: 'Bearer' });
  });

  /** What a person does while their mail still works. */
  const whileItWorks = async <T>(work: () => Promise<T>): Promise<T> => {
    await row().update({ email_refused_at: null });
    const done = await work();
    await row().update({ email_refused_at: mire.clock.now() });
    return done;
  };

  test('is asked after a passkey', async () => {
    const key = new SoftAuthenticator(mire.issuer);
    await whileItWorks(async () => {
      const here = '/compte/moyens/cle-acces';
      const { browser } = await atAccount(mire, here);
      const credential = key.create(await passkeyOptions(browser, `${here}/options`));
      await browser.submit({ credential, name: 'Téléphone' });
    });
    const { browser, page } = await begin(mire, { client: 'messagerie' });
    const base = `${interactionOf(page)}/cle-acces`;
    await browser.get(base);
    const credential = key.get(await passkeyOptions(browser, `${base}/options`));
    expect((await browser.submit({ credential }, '/cle-acces')).body).toContain(HEADING);
  });

  test('is asked after a desktop that signed in just now, and not after one whose proof is too old to change a mail', async () => {
    const { desktop } = await whileItWorks(() => signedInDesktop(mire));
    const approved = async () => {
      const asked = await askDesktop(mire);
      const { id } = await desktop.openRequest({ request: asked.request });
      await desktop.approve(id, asked.number);
      return { ...asked, page: await goOn(asked) };
    };
    expect((await approved()).page.body).toContain(HEADING);
    mire.clock.forwardAll(12 * 60);
    const { page, started } = await approved();
    expect((await started.finish(page.url)).claims()).toMatchObject({ acr: 'eidas2', mire_mode: 'monsisra' });
  });

  test('changes nothing at a page left open, and still gets to the application', async () => {
    const { browser, started } = await signIn();
    mire.clock.forwardAll(12 * 60);
    const late = await browser.submit({ email: 'marie@ailleurs.example' });
    expect([late.status, late.body.includes('plus de dix minutes')]).toEqual([403, true]);
    expect((await browser.submit({}, '/mail/same')).status).toBe(403);
    expect((await started.finish((await browser.submit({}, '/mail/later')).url)).claims()).toBeTruthy();
    expect((await account()).email).toBe(DEAD);
  });

  test('is refused an address that is somebody else’s, and one that is none, on the page', async () => {
    const { browser } = await signIn();
    expect((await browser.submit({ email: 'marie' })).status).toBe(422);
    await browser.submit({ email: 'kbenali@hopital.example' });
    const taken = await browser.submit({ code: (await newestCode(mire)).code });
    expect(taken.status).toBe(422);
    expect((await account()).email).toBe(DEAD);
    const form = await browser.click('Donner une autre adresse');
    expect(form.body).toContain(HEADING);
  });

  test('sends each form once: again, or after Back, it is 409', async () => {
    const { browser, page, started } = await signIn();
    const at = `${mire.issuer}${interactionOf(page)}`;
    const token = { _csrf: csrfOf(page) };
    expect((await browser.post(`${at}/mail/code`, { ...token, code: '123456' })).status).toBe(409);
    await browser.get(at);
    const asked = await browser.submit({ email: 'marie@ailleurs.example' });
    const { code } = await newestCode(mire);
    const send = () => browser.fetch(`${at}/mail/code`, posted({ _csrf: csrfOf(asked), code }));
    const answers = await Promise.all([send(), send()]);
    expect(answers.map(({ status }) => status).sort()).toEqual([303, 409]);
    const onward = answers.find(({ status }) => status === 303)?.headers.get('location') ?? '';
    expect((await started.finish((await browser.get(onward)).url)).claims()).toBeTruthy();
    for (const path of ['/mail', '/mail/same', '/mail/later', '/mail/code', '/mail/resend'])
      expect([path, (await browser.post(`${at}${path}`, { ...token, email: 'a@b.example', code })).status]).toEqual([
        path,
        409,
      ]);
    expect((await browser.get(`${at}/mail`)).status).toBe(409);
    expect(
      (await auditOf(mire, 'account.contact-changed')).filter(({ details }) => details.same === false),
    ).toHaveLength(2);
  });
});

const posted = (fields: Record<string, string>): RequestInit => ({
  method: 'POST',
  headers: { 'content-type': 'application/x-www-form-urlencoded' },
  body: new URLSearchParams(fields).toString(),
});
