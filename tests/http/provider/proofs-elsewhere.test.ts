import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import * as client from 'openid-client';
import { DESKTOP_CLIENT } from '../../../config/sandbox-applications.ts';
import { DesktopClient } from '../../../src/sandbox/desktop-client.ts';
import { atAccount, noticeTo, undoCodeOf } from '../../support/accounts/account-pages.ts';
import { parallel } from '../../support/accounts/sample-accounts.ts';
import { type Application, CALLBACK } from '../../support/clients/application.ts';
import { CIBA, DEVICE, narrowedApplication } from '../../support/clients/narrowed-client.ts';
import { Browser } from '../../support/http/browser.ts';
import { type RunningMire, startMire } from '../../support/mire.ts';
import { signInDirectly } from '../../support/sign-in/directly.ts';
import { beginCode } from '../../support/sign-in/steps.ts';

const KBENALI = { login: 'kbenali', password: 'Stethoscope-bleu-42' };
const said = (call: Promise<unknown>): Promise<string> =>
  call.then(
    () => 'tokens',
    (error: { error?: string }) => error.error ?? String(error),
  );

describe('what was proved, or asked for, in one place', () => {
  let mire: RunningMire;
  let application: Application;
  let other: Application;
  beforeAll(async () => {
    mire = await startMire({ env: { RATE_LIMIT_FACTOR: '1000' } });
    application = await narrowedApplication(mire, 'une');
    other = await narrowedApplication(mire, 'autre');
  });
  afterAll(() => mire.close());

  /** Where the code of the first sign-in is typed, each on its own form for a code. */
  const ELSEWHERE = {
    'another interaction of the same browser': (browser: Browser) => beginCode(mire, { browser }),
    'another browser of the same person': () => beginCode(mire),
    'another application': () => beginCode(mire, { client: 'une', parameters: { acr_values: 'eidas2' } }),
    'another account': () => beginCode(mire, { person: KBENALI, channel: 'sms' }),
  } as const;
  test.each(Object.entries(ELSEWHERE))('a mailed code is no code for %s', async (_where, begin) => {
    const first = await beginCode(mire);
    const elsewhere = await begin(first.browser);
    expect(elsewhere.code).not.toBe(first.code);
    const refused = await elsewhere.browser.submit({ code: first.code });
    expect([refused.status, refused.url.searchParams.has('code')]).toEqual([401, false]);
    // Its own still is.
    expect((await elsewhere.browser.submit({ code: elsewhere.code })).url.searchParams.has('code')).toBe(true);
  });

  const grant = ({ configuration }: Application, type: string, parameters: Record<string, string>) =>
    client.genericGrantRequest(configuration, type, parameters);
  async function approvedDevice(): Promise<string> {
    const browser = await signInDirectly(mire, { acr: 'eidas2' });
    const asked = await client.initiateDeviceAuthorization(application.configuration, { scope: 'openid' });
    await browser.get(`${mire.issuer}/device`);
    const { page } = await browser.submit({ user_code: asked.user_code });
    const xsrf = page.querySelector('input[name=xsrf]')?.getAttribute('value') ?? '';
    await browser.post('/device', { xsrf, user_code: asked.user_code, confirm: 'yes' });
    return asked.device_code;
  }
  async function approvedRequest(): Promise<string> {
    const desktop = await DesktopClient.discover({ issuer: mire.issuer, clientId: DESKTOP_CLIENT });
    const browser = await signInDirectly(mire, { acr: 'eidas2' });
    const { url, finish } = await desktop.beginInBrowser('http://127.0.0.1:4273/callback');
    await finish((await browser.get(url)).url);
    await desktop.openSession('Poste');
    const asked = { scope: 'openid', login_hint: 'mdurand' };
    const { auth_req_id } = await client.initiateBackchannelAuthentication(application.configuration, asked);
    await desktop.approve(
      (await desktop.waiting()).find(({ application: { name } }) => name.includes('une'))?.id ?? '',
    );
    return auth_req_id;
  }

  /** Each gives what its application may turn into tokens, once. */
  const GIVEN = {
    'an approved device': async () => {
      const device_code = await approvedDevice();
      return (by: Application) => said(grant(by, DEVICE, { device_code }));
    },
    'an approved request without a browser': async () => {
      const auth_req_id = await approvedRequest();
      return (by: Application) => said(grant(by, CIBA, { auth_req_id }));
    },
    'an authorization code': async () => {
      const browser = await signInDirectly(mire, { acr: 'eidas2' });
      const started = await application.start();
      const { url } = await browser.get(started.url);
      const parameters = {
        ...{ code: url.searchParams.get('code') ?? '', redirect_uri: CALLBACK },
        code_verifier: started.verifier,
      };
      return (by: Application) => said(grant(by, 'authorization_code', parameters));
    },
  } as const;
  test.each(Object.entries(GIVEN))(
    '%s is worth nothing to another application, and serves once of four at once',
    async (_what, give) => {
      const use = await give();
      expect(await use(other)).toBe('invalid_grant');
      const answers = await parallel(4, () => use(application));
      expect(answers.filter((answer) => answer === 'tokens').length).toBeLessThanOrEqual(1);
      expect(answers.filter((answer) => answer !== 'tokens' && answer !== 'invalid_grant')).toEqual([]);
      expect(await use(application)).toBe('invalid_grant');
    },
  );

  test('a pushed request is its own application’s', async () => {
    const url = await client.buildAuthorizationUrlWithPAR(application.configuration, {
      ...{ redirect_uri: CALLBACK, scope: 'openid', code_challenge_method: 'S256' },
      code_challenge: await client.calculatePKCECodeChallenge(client.randomPKCECodeVerifier()),
    });
    url.searchParams.set('client_id', 'autre');
    const browser = await signInDirectly(mire, { acr: 'eidas2' });
    const refused = await browser.get(url);
    expect([refused.status, refused.url.origin]).toEqual([400, mire.issuer]);
  });

  test('an undo code serves once of four at once', async () => {
    const { browser } = await atAccount(mire, '/compte/moyens/codes');
    await browser.submit({}, '/codes');
    const undo_code = undoCodeOf(await noticeTo(mire, 'mdurand@hopital.example', /codes de secours/));
    const ended = await parallel(4, async () => {
      const one = new Browser(mire.issuer);
      await one.get(`${mire.issuer}/compte/annuler`);
      return (await one.submit({ undo_code })).url.pathname;
    });
    expect(ended.filter((path) => path === '/compte/annule')).toHaveLength(1);
  });

  test('a request that waits for a second agent is settled once of four at once', async () => {
    const { storage } = mire.sandbox.parts;
    const [concerned = '', asking = '', agent = ''] = await Promise.all(
      ['cpetit', 'kbenali', 'mdurand'].map(async (login) => (await storage.accounts.byLoginKey(login))?.account.id),
    );
    const now = mire.clock.now();
    const id = '7d1f3c52-7c0e-4d0c-9c71-3c1c9f0f7a11';
    const asked = { id, accountId: concerned, action: 'unblock', params: {}, askedBy: asking, askedAt: now } as const;
    await storage.helpDesk.insert({ ...asked, expiresAt: new Date(now.getTime() + 60_000) });
    const settled = await parallel(4, () => storage.helpDesk.settle(id, agent, true, now));
    expect(settled.filter((one) => one !== undefined)).toHaveLength(1);
  });
});
