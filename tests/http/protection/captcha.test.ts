import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Challenge, solveChallenge } from 'altcha-lib';
import { deriveKey } from 'altcha-lib/algorithms/pbkdf2';
import { Application } from '../../support/clients/application.ts';
import { Browser } from '../../support/http/browser.ts';
import { type RunningMire, startMire } from '../../support/mire.ts';
import { WITHOUT_FLOORS } from '../../support/pace.ts';
import { vouchFor, WITH_VOUCHING } from '../../support/sign-in/vouching-mode.ts';
import { FORM, solvedCaptcha } from '../../support/sign-up/sign-up.ts';

let person = 0;
/** A form that nobody has sent yet. */
async function openForm(mire: RunningMire, application: Application): Promise<Browser> {
  const browser = new Browser(mire.issuer);
  person += 1;
  await vouchFor(browser, (await application.start()).url, { externalId: `8997001${String(person).padStart(5, '0')}` });
  return browser;
}
const fields = () => {
  const email = `captcha-${person}@x.example`;
  return { ...FORM, specialty: '', email, email_confirmation: email };
};

/** What follows a form: `solved` is told from the other road by what it may ask about identifiers. */
async function road(browser: Browser, more: Record<string, string>): Promise<'solved' | 'slow' | number> {
  const login = { wants_login: 'yes', new_login: 'mdurand', phone: '06 39 98 00 00' };
  const password = {
    new_password: 'cerise lampe nuage violon',
    new_password_confirmation: 'cerise lampe nuage violon',
  };
  const { status, page, url } = await browser.submit({ ...fields(), ...login, ...password, ...more }, '/signup');
  if (page.querySelector('#champ-new_login-erreur')?.text.includes('déjà pris')) return 'solved';
  return url.pathname.endsWith('/signup/mail') ? 'slow' : status;
}

describe('the captcha of our own', () => {
  let mire: RunningMire;
  let application: Application;
  beforeAll(async () => {
    mire = await startMire({
      env: { CAPTCHA_WORK: '2', RATE_LIMIT_FACTOR: '1' },
      added: { modes: WITH_VOUCHING, pace: WITHOUT_FLOORS },
    });
    application = await Application.discover(mire.issuer, 'messagerie');
  });
  afterAll(() => mire?.close());

  test('solved, opens one form', async () => {
    const solution = await solvedCaptcha(mire);
    const first = await openForm(mire, application);
    expect(await road(first, solution)).toBe('solved');
    // In the same interaction it is not asked again.
    expect(first.current?.page.querySelector('altcha-widget')).toBeNull();
    expect(await road(await openForm(mire, application), solution)).toBe('slow');
  });

  test('forged, altered, expired, too large or nonsense, it counts as none', async () => {
    const ask = async () => (await (await fetch(`${mire.issuer}/captcha/challenge`)).json()) as Challenge;
    const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64');
    const challenge = await ask();
    const solution = await solveChallenge({ challenge, deriveKey });
    const forged = { ...challenge, parameters: { ...challenge.parameters, nonce: '0'.repeat(32) } };
    const easy = { ...challenge, parameters: { ...challenge.parameters, keyPrefix: '' } };
    for (const altcha of [
      'x',
      encode({}),
      'A'.repeat(8000),
      encode({ challenge: forged, solution }),
      encode({ challenge: easy, solution }),
      encode({ challenge, solution: { ...solution, derivedKey: '00' } }),
    ]) {
      expect(await road(await openForm(mire, application), { altcha })).not.toBe('solved');
      mire.clock.forwardAll(60 * 60 + 1);
    }
  });

  test('without it the road is slower: a few forms an hour from one address, and who solves it goes on', async () => {
    mire.clock.forwardAll(2 * 60 * 60);
    const roads: unknown[] = [];
    for (let index = 0; index < 6; index += 1) roads.push(await road(await openForm(mire, application), {}));
    expect(roads).toEqual(['slow', 'slow', 'slow', 'slow', 'slow', 429]);
    expect(await road(await openForm(mire, application), await solvedCaptcha(mire))).toBe('solved');
    mire.clock.restore();
  });
});

describe('reCAPTCHA, by setting', () => {
  let double: Server;
  let mire: RunningMire;
  let application: Application;
  const asked: URLSearchParams[] = [];
  /** What Google would answer; undefined: it does not. */
  let answer: object | undefined;
  beforeAll(async () => {
    double = createServer(async (request, response) => {
      let body = '';
      for await (const chunk of request) body += String(chunk);
      asked.push(new URLSearchParams(body));
      if (answer === undefined) response.writeHead(503).end();
      else response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
    }).listen(0, '127.0.0.1');
    await once(double, 'listening');
    const { port } = double.address() as AddressInfo;
    mire = await startMire({
      env: {
        CAPTCHA: 'recaptcha',
        RECAPTCHA_SITE_KEY: 'site-key',
        RECAPTCHA_SECRET: 'secret-key-of-tests',
        RECAPTCHA_URL: `http://127.0.0.1:${port}/siteverify`,
        RATE_LIMIT_FACTOR: '1000',
      },
      added: { modes: WITH_VOUCHING, pace: WITHOUT_FLOORS },
    });
    application = await Application.discover(mire.issuer, 'messagerie');
  });
  afterAll(async () => {
    await mire?.close();
    double?.close();
  });

  test('shows its widget, and the content policy lets it and nothing else in', async () => {
    const { current } = await openForm(mire, application);
    expect(current?.page.querySelector('.g-recaptcha')?.getAttribute('data-sitekey')).toBe('site-key');
    const policy = current?.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("script-src 'self' https://www.google.com https://www.gstatic.com;");
    expect(policy).toContain('frame-src https://www.google.com https://www.gstatic.com');
    expect(policy).not.toContain('unsafe');
    expect((await fetch(`${mire.issuer}/captcha/challenge`)).status).toBe(404);
  });

  test('asks Google with the secret and the answer, and believes a success on this host alone', async () => {
    const sent = { 'g-recaptcha-response': 'answer-of-the-widget' };
    answer = { success: true, hostname: 'localhost' };
    expect(await road(await openForm(mire, application), sent)).toBe('solved');
    expect(Object.fromEntries(asked.at(-1) ?? [])).toMatchObject({
      secret: 'secret-key-of-tests',
      response: 'answer-of-the-widget',
    });
    answer = { success: true, hostname: 'other.example' };
    expect(await road(await openForm(mire, application), sent)).toBe('slow');
    answer = { success: false, 'error-codes': ['timeout-or-duplicate'] };
    expect(await road(await openForm(mire, application), sent)).toBe('slow');
    expect(mire.logs.join('')).not.toContain('secret-key-of-tests');
  });

  test('closes no door when Google does not answer, and is not asked when nothing was sent', async () => {
    answer = undefined;
    expect(await road(await openForm(mire, application), { 'g-recaptcha-response': 'x' })).toBe('slow');
    const before = asked.length;
    expect(await road(await openForm(mire, application), {})).toBe('slow');
    expect(asked.length).toBe(before);
  });
});
