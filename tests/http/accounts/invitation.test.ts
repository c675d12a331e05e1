import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { invite } from '../../../src/accounts/invitation.ts';
import { createRegistry } from '../../../src/http/metrics.ts';
import { type Delivery, openQueues } from '../../../src/main/delivery.ts';
import { noticeTo } from '../../support/accounts/account-pages.ts';
import { Application } from '../../support/clients/application.ts';
import { Browser } from '../../support/http/browser.ts';
import { type RunningMire, startMire, testSecrets } from '../../support/mire.ts';
import { mireCommand, typedCommand } from '../../support/mire-command.ts';
import { messages } from '../../support/sign-in/journeys.ts';
import { solvedCaptcha, WITH_LOGIN } from '../../support/sign-up/sign-up.ts';

describe('an invitation', () => {
  const secrets = testSecrets();
  let mire: RunningMire;
  let queues: Delivery;
  beforeAll(async () => {
    mire = await startMire({ env: { CAPTCHA_WORK: '2', RATE_LIMIT_FACTOR: '1000', ...secrets } });
    queues = openQueues({ ...mire.sandbox.parts, registry: createRegistry() });
  });
  afterAll(async () => {
    await queues?.close();
    await mire?.close();
  });

  /** Invites and reads the link in the mail. */
  async function invited(email: string, more: Record<string, unknown> = {}): Promise<URL> {
    const { parts } = mire.sandbox;
    const how = { issuer: mire.issuer, days: 7, by: 'Le CHU des Modèles' };
    await invite({ ...parts, notifier: queues.notifier }, { email, ...more }, how);
    const message = await noticeTo(mire, email, /Créez votre compte/);
    expect(message.text).toContain('Le CHU des Modèles vous invite');
    return new URL(/https?:\S+\/invitation\/\S+/.exec(message.text)?.[0] ?? '');
  }

  const person = (login: string) => ({
    ...WITH_LOGIN,
    family_name: 'Perrin',
    given_name: 'Zoé',
    email: `${login}@x.example`,
    email_confirmation: `${login}@x.example`,
    profession: '',
    specialty: '',
    new_login: login,
  });

  async function complete(browser: Browser, login: string) {
    const sent = mire.sandbox.inbox.list().length;
    await browser.submit({ ...person(login), ...(await solvedCaptcha(mire)) }, '/inscription');
    const [mail] = await messages(mire, sent + 1);
    await browser.submit({ code: mail?.code ?? '' }, '/mail');
    const [sms] = await messages(mire, sent + 2);
    return browser.submit({ code: sms?.code ?? '' }, '/phone');
  }

  test('leads by the form of every sign-up to an account without national id, that signs in by its password at once', async () => {
    const link = await invited('zoe@x.example', { givenName: 'Zoé' });
    const browser = new Browser(mire.issuer);
    // A mail server opens the link first: nothing happens.
    await new Browser(mire.issuer).get(link);
    const { page } = await browser.get(link);
    expect(page.querySelector('h1')?.text).toContain('Créez votre compte');
    const form = await browser.submit({}, link.pathname);
    expect(form.url.pathname).toBe('/invitation/inscription');
    const value = (name: string) => form.page.querySelector(`[name=${name}]`)?.getAttribute('value');
    expect([value('email'), value('given_name'), value('wants_login')]).toEqual(['zoe@x.example', 'Zoé', 'yes']);
    expect(form.page.querySelector('a[href$="/existing"]')).toBeNull();
    const end = await complete(browser, 'zoe');
    expect([end.status, end.page.querySelector('h1')?.text]).toEqual([200, 'Votre compte est créé']);

    const ror = await Application.discover(mire.issuer, 'ror');
    const started = await ror.start({ scope: 'openid profile identite_ps' });
    const second = new Browser(mire.issuer);
    await second.get(started.url);
    await second.click('Login / Mdp');
    const back = await second.submit({ login: 'zoe', password: WITH_LOGIN.new_password });
    const tokens = await started.finish(back.url);
    const account = await mire.sandbox.parts.storage.accounts.byId(tokens.claims()?.sub ?? '');
    expect(account).toMatchObject({ familyName: 'Perrin', emailVerified: true, phoneVerified: true });
    expect(await mire.sandbox.parts.storage.accounts.identity(account?.id ?? '', 'national-id')).toBeUndefined();

    for (const path of [link.href, `${mire.issuer}/invitation/inscription`]) {
      const over = await browser.get(path);
      expect([over.status, over.page.querySelector('h1')?.text]).toEqual([400, 'Cette invitation n’est plus valable']);
    }
  });

  test('is good once, in however many browsers it is opened', async () => {
    const link = await invited('deux@x.example');
    const browsers = [new Browser(mire.issuer), new Browser(mire.issuer)];
    for (const browser of browsers) {
      await browser.get(link);
      await browser.submit({}, link.pathname);
    }
    const [first, second] = browsers as [Browser, Browser];
    const end = await complete(first, 'deux');
    expect(end.url.pathname).toBe('/invitation/fin');
    const late = await second.submit(person('trois'), '/inscription');
    expect(late.status).toBe(400);
    expect(await mire.sandbox.parts.storage.accounts.byLoginKey('trois')).toBeUndefined();
  });

  test('that is over, unknown, or without its token opens nothing', async () => {
    const link = await invited('tard@x.example');
    const browser = new Browser(mire.issuer);
    await browser.get(link);
    expect((await browser.post(link, { _csrf: 'x' })).status).toBe(403);
    mire.clock.forward(8 * 24 * 60 * 60);
    await expect(browser.get(link)).resolves.toMatchObject({ status: 400 });
    expect((await browser.get(`${mire.issuer}/invitation/${'x'.repeat(43)}`)).status).toBe(400);
    expect((await browser.get(`${mire.issuer}/invitation/inscription`)).status).toBe(400);
    mire.clock.forward(-8 * 24 * 60 * 60);
  });

  test('stands in clear nowhere but in the mail', async () => {
    const link = await invited('secret@x.example', { familyName: 'Confidentielle' });
    const token = link.pathname.split('/').at(-1) ?? '';
    const browser = new Browser(mire.issuer);
    await browser.get(link);
    await browser.submit({}, link.pathname);
    await browser.submit({ ...person('secret'), title: '' }, '/inscription');
    for (const table of ['invitations', 'notices', 'audit']) {
      const rows = JSON.stringify(await mire.database.database(table));
      expect([table, rows.includes(token), /Confidentielle|secret@x/.test(rows)]).toEqual([table, false, false]);
    }
    expect(mire.logs.join('')).not.toContain(token);
  });

  test('is sent by a command', async () => {
    const environment = { DATABASE_URL: mire.database.url, ...secrets };
    const invitation = ['accounts', 'invite', '--email'];
    const sent = await typedCommand([...invitation, 'commande@x.example', '--by', 'La PMI'], environment);
    expect(sent).toMatchObject({ code: 0, err: '' });
    expect(JSON.parse(sent.out)).toEqual({ invited: expect.any(String), expires: expect.any(String) });
    expect(sent.out).not.toContain('/invitation/');
    expect((await noticeTo(mire, 'commande@x.example', /Créez/)).text).toContain('La PMI vous invite');
    expect(await mireCommand([...invitation, 'pas une adresse'], environment)).toMatchObject({
      code: 1,
      err: expect.stringContaining('email'),
    });
  });
});
