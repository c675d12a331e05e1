import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { blockAccount } from '../../../src/accounts/blocking.ts';
import { type Registered, register, registrationToken } from '../../support/clients/registration.ts';
import { Browser } from '../../support/http/browser.ts';
import { FORM, form, raw } from '../../support/http/raw-request.ts';
import { type RunningMire, startMire } from '../../support/mire.ts';
import { MDURAND, messages } from '../../support/sign-in/journeys.ts';

const GRANT = 'urn:ietf:params:oauth:grant-type:device_code';

interface Answer {
  readonly user_code?: string;
  readonly device_code?: string;
  readonly verification_uri?: string;
  readonly verification_uri_complete?: string;
  readonly error?: string;
}

describe('a device without a keyboard', () => {
  let mire: RunningMire;
  let device: Registered;
  beforeAll(async () => {
    mire = await startMire();
    device = await register(mire.issuer, await registrationToken(mire.issuer), {
      grant_types: [GRANT],
      response_types: [],
      redirect_uris: [],
      client_name: 'Écran du service',
    });
  });
  afterAll(() => mire.close());

  const call = async (path: string, fields: Record<string, string>) => {
    const authorization = `Basic ${Buffer.from(`${device.client_id}:${device.client_secret}`).toString('base64')}`;
    const { status, body } = await raw(mire.issuer, {
      method: 'POST',
      path,
      headers: { ...FORM, authorization },
      body: form(fields),
    });
    return { ...(JSON.parse(body) as Answer), status };
  };
  const ask = () => call('/device/authorization', { scope: 'openid email' });
  const poll = (code: string | undefined) => call('/token', { grant_type: GRANT, device_code: code ?? '' });

  /** Up to the question whether this device may go on. */
  async function enter(browser: Browser, userCode: string | undefined) {
    await browser.get('/device');
    return browser.submit({ user_code: userCode ?? '' });
  }
  async function signIn(browser: Browser) {
    if (!browser.current?.url.pathname.endsWith('/code-ephemere')) await browser.click('Code Éphémère');
    await browser.submit(MDURAND);
    const sent = mire.sandbox.inbox.list().length;
    await browser.submit({ channel: 'mail' });
    return browser.submit({ code: (await messages(mire, sent + 1))[0]?.code ?? '' });
  }

  test('is signed in by the person who types its code, after a warning, a sign-in and a consent', async () => {
    expect(device.status).toBe(201);
    const asked = await ask();
    expect(asked).toMatchObject({
      status: 200,
      user_code: expect.stringMatching(/^[A-Z]{4}-[A-Z]{4}$/),
      verification_uri: `${mire.issuer}/device`,
    });
    expect(await poll(asked.device_code)).toMatchObject({ status: 400, error: 'authorization_pending' });

    const browser = new Browser(mire.issuer);
    const confirm = await enter(browser, asked.user_code);
    expect(confirm.page.querySelector('h1')?.text).toContain('Écran du service');
    expect(confirm.body).toContain(asked.user_code);
    const button = confirm.page.querySelector('form[id="op.deviceConfirmForm"]');
    const fields = Object.fromEntries(
      (button?.querySelectorAll('input[type=hidden]') ?? []).map((input) => [
        input.getAttribute('name') ?? '',
        input.getAttribute('value') ?? '',
      ]),
    );
    await browser.post('/device', fields);
    await signIn(browser);
    const done = await browser.submit({ decision: 'accept' }, '/consent');
    expect([done.status, done.url.pathname.startsWith('/device')]).toEqual([200, true]);
    const tokens = await poll(asked.device_code);
    expect(tokens).toMatchObject({ status: 200, token_type: 'Bearer' });
    expect(await poll(asked.device_code)).toMatchObject({ status: 400, error: 'invalid_grant' });
  });

  test('a post without a session is 400, not a failure', async () => {
    for (const body of ['', 'user_code=ABCD-EFGH', 'xsrf=x&user_code=ABCD-EFGH&confirm=yes', 'xsrf=x&abort=yes']) {
      const answer = await raw(mire.issuer, {
        method: 'POST',
        path: '/device',
        headers: { ...FORM, accept: 'text/html' },
        body,
      });
      expect([body, answer.status]).toEqual([body, 400]);
    }
  });

  test('an unknown code is a field to mend, in our page', async () => {
    const page = await enter(new Browser(mire.issuer), 'AAAA-AAAA');
    expect([page.status, page.page.querySelector('[name=user_code]') === null]).toEqual([400, false]);
    for (const code of ['', '<script>alert(1)</script>', 'x'.repeat(10_000), 'A\0B', "' or 1=1"]) {
      const answer = await enter(new Browser(mire.issuer), code);
      expect([code.slice(0, 20), answer.status]).toEqual([code.slice(0, 20), 400]);
      expect(answer.body).not.toContain('<script>alert');
    }
  });

  test('a code in the address does not confirm by itself', async () => {
    const asked = await ask();
    const browser = new Browser(mire.issuer);
    await browser.get(asked.verification_uri_complete ?? '');
    expect(await poll(asked.device_code)).toMatchObject({ error: 'authorization_pending' });
  });

  test('refused, or with the form of another browser, the device gets nothing', async () => {
    const asked = await ask();
    const [owner, stranger] = [new Browser(mire.issuer), new Browser(mire.issuer)];
    const page = await enter(owner, asked.user_code);
    const xsrf = page.page.querySelector('input[name=xsrf]')?.getAttribute('value') ?? '';
    await stranger.get('/device');
    const stolen = await stranger.post('/device', { xsrf, user_code: asked.user_code ?? '', confirm: 'yes' });
    expect(stolen.status).toBe(400);
    const abort = await owner.post('/device', { xsrf, user_code: asked.user_code ?? '', confirm: 'yes', abort: 'yes' });
    expect(abort.status).toBeLessThan(500);
    expect(await poll(asked.device_code)).toMatchObject({ status: 400, error: 'access_denied' });
  });

  test("a blocked person's approval is worth nothing", async () => {
    const { sandbox } = mire;
    const asked = await ask();
    const browser = new Browser(mire.issuer);
    const page = await enter(browser, asked.user_code);
    const xsrf = page.page.querySelector('input[name=xsrf]')?.getAttribute('value') ?? '';
    await browser.post('/device', { xsrf, user_code: asked.user_code ?? '', confirm: 'yes' });
    const after = await signIn(browser);
    if (after.page.querySelector('[name=decision]')) await browser.submit({ decision: 'accept' }, '/consent');
    const id = (await sandbox.parts.storage.accounts.byLoginKey('mdurand'))?.account.id ?? '';
    await blockAccount(sandbox.logout, id, 'test');
    expect(await poll(asked.device_code)).toMatchObject({ status: 400, error: 'invalid_grant' });
  });
});
