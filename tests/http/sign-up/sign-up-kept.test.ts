import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { signupErrorTexts } from '../../../interactions/error/signup-texts.ts';
import { Application } from '../../support/clients/application.ts';
import { Browser } from '../../support/http/browser.ts';
import { type RunningMire, startMire } from '../../support/mire.ts';
import { messages } from '../../support/sign-in/journeys.ts';
import { vouchFor, WITH_VOUCHING } from '../../support/sign-in/vouching-mode.ts';
import { FORM, solvedCaptcha, WITH_LOGIN } from '../../support/sign-up/sign-up.ts';

const PERSON = { externalId: '899700123450', statement: { familyName: 'Gardée' } };

describe('a sign-up that is cut off', () => {
  let mire: RunningMire;
  let application: Application;
  beforeAll(async () => {
    mire = await startMire({ env: { CAPTCHA_WORK: '2', RATE_LIMIT_FACTOR: '1000' }, added: { modes: WITH_VOUCHING } });
    application = await Application.discover(mire.issuer, 'messagerie');
  });
  afterAll(() => mire?.close());
  afterEach(() => mire.clock.restore());

  test('keeps what was typed while the interaction lives, but for the password', async () => {
    const browser = new Browser(mire.issuer);
    const { url } = await vouchFor(browser, (await application.start()).url, { externalId: '899700123450' });
    await browser.submit({ ...WITH_LOGIN, title: '', email: 'moi@x.example', specialty: 'SM54' }, '/signup');
    const { page } = await browser.get(url);
    const value = (name: string) => page.querySelector(`[name=${name}]`)?.getAttribute('value');
    expect([value('email'), value('new_login'), value('phone'), value('new_password')]).toEqual([
      'moi@x.example',
      WITH_LOGIN.new_login,
      WITH_LOGIN.phone,
      undefined,
    ]);
    expect(page.querySelector('[name=specialty] option[selected]')?.getAttribute('value')).toBe('SM54');
    expect(page.querySelector('[name=wants_login]')?.hasAttribute('checked')).toBe(true);
    expect(page.querySelector('[name=terms]')?.hasAttribute('checked')).toBe(true);
  });

  test('what one person verified is nothing to another', async () => {
    const first = new Browser(mire.issuer);
    await vouchFor(first, (await application.start()).url, { externalId: '899700222225' });
    const sent = mire.sandbox.inbox.list().length;
    const mail = { email: 'premiere@x.example', email_confirmation: 'premiere@x.example' };
    const form = { ...WITH_LOGIN, ...mail, new_login: 'premiere', phone: '06 39 98 77 02', specialty: '' };
    await first.submit({ ...form, ...(await solvedCaptcha(mire)) }, '/signup');
    const [message] = await messages(mire, sent + 1);
    await first.submit({ code: message?.code ?? '' }, '/mail');
    // The SMS that follows is on its way: it must not be taken for a later message.
    await messages(mire, sent + 2);
    const other = new Browser(mire.issuer);
    const { page } = await vouchFor(other, (await application.start()).url, { externalId: '899700333333' });
    expect(page.querySelector('[name=email]')?.getAttribute('value') ?? '').toBe('');
    const shown = await other.submit({ ...FORM, ...mail, specialty: '' }, '/signup');
    expect(shown.url.pathname).toMatch(/\/signup\/mail$/);
    await messages(mire, sent + 3);
  });

  test('an identifier that is taken while the mail is verified sends back to the form, and the mail stays verified', async () => {
    const browser = new Browser(mire.issuer);
    const started = await application.start();
    await vouchFor(browser, started.url, { externalId: '899700444441' });
    const sent = mire.sandbox.inbox.list().length;
    const mail = { email: 'pris@x.example', email_confirmation: 'pris@x.example' };
    const form = { ...WITH_LOGIN, ...mail, new_login: 'convoite', phone: '06 39 98 77 03', specialty: '' };
    await browser.submit({ ...form, ...(await solvedCaptcha(mire)) }, '/signup');
    const [message] = await messages(mire, sent + 1);
    await browser.submit({ code: message?.code ?? '' }, '/mail');
    const [sms] = await messages(mire, sent + 2);
    const other = { familyName: 'Autre', givenName: 'Plus Vite' };
    await mire.sandbox.parts.storage.accounts.insert({
      id: '0b7d6a52-1f8e-4a57-9d0c-3e1f5a6b7cff',
      login: 'convoite',
      ...other,
    });
    const back = await browser.submit({ code: sms?.code ?? '' }, '/phone');
    expect([back.status, back.page.querySelector('#champ-new_login-erreur')?.text]).toEqual([
      422,
      expect.stringContaining('déjà pris'),
    ]);
    // The password chosen before stays; neither address is verified again.
    const kept = { new_password: '', new_password_confirmation: '' };
    const end = await browser.submit({ ...form, ...kept, new_login: 'convoite2' }, '/signup');
    const claims = (await started.finish(end.url)).claims();
    const account = await mire.sandbox.parts.storage.accounts.byId(claims?.sub ?? '');
    expect(account).toMatchObject({ login: 'convoite2', emailVerified: true, phoneVerified: true });
  });

  // No message is waited for after it: it moves everybody's clock, and going back the queue would wait.
  test('says that it is over in mid-form, and what was verified is not asked again', async () => {
    const browser = new Browser(mire.issuer);
    await vouchFor(browser, (await application.start()).url, PERSON);
    const mail = { email: 'garde@x.example', email_confirmation: 'garde@x.example' };
    const form = { ...WITH_LOGIN, ...mail, specialty: '' };
    const sent = mire.sandbox.inbox.list().length;
    await browser.submit({ ...form, ...(await solvedCaptcha(mire)) }, '/signup');
    const [message] = await messages(mire, sent + 1);
    const phone = await browser.submit({ code: message?.code ?? '' }, '/mail');
    expect(phone.url.pathname).toMatch(/\/signup\/phone$/);

    mire.clock.forwardAll(61 * 60);
    const over = await browser.submit({ code: '123456' }, '/phone');
    expect([over.status, over.page.querySelector('h1')?.text]).toEqual([
      400,
      signupErrorTexts.fr['error.sign-up-expired.title'],
    ]);

    const again = new Browser(mire.issuer);
    const started = await application.start();
    const { page } = await vouchFor(again, started.url, PERSON);
    expect(page.querySelector('[name=email]')?.getAttribute('value')).toBe(mail.email);
    await messages(mire, sent + 2);
    const next = await again.submit({ ...form, ...(await solvedCaptcha(mire)) }, '/signup');
    // Straight to the phone: the mail was verified an hour ago.
    expect(next.url.pathname).toMatch(/\/signup\/phone$/);
    const [sms] = await messages(mire, sent + 3);
    expect(sms?.channel).toBe('sms');
    const end = await again.submit({ code: sms?.code ?? '' }, '/phone');
    expect((await started.finish(end.url)).claims()?.mire_mode).toBe('psc');
    const { signUpDrafts } = mire.sandbox.parts.storage;
    const who = { source: 'national-id', externalId: PERSON.externalId };
    expect(await signUpDrafts.of(who, mire.clock.now())).toBeUndefined();
  });

  test('in two tabs, a step that is past says so and nothing is made twice', async () => {
    const browser = new Browser(mire.issuer);
    const { url } = await vouchFor(browser, (await application.start()).url, { externalId: '899700555551' });
    const csrf = browser.current?.page.querySelector('[name=_csrf]')?.getAttribute('value') ?? '';
    const form = (email: string) => ({ ...FORM, specialty: '', email, email_confirmation: email, _csrf: csrf });
    const post = (email: string) =>
      browser.fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: new URLSearchParams(form(email)).toString(),
      });
    const answers = await Promise.all([post('a@x.example'), post('b@x.example'), post('c@x.example')]);
    const statuses = answers.map(({ status }) => status).sort();
    expect(statuses[0]).toBe(303);
    expect(statuses.slice(1).every((status) => status === 303 || status === 409)).toBe(true);
  });
});
