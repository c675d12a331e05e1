import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import * as client from 'openid-client';
import { demoClients } from '../../../src/sandbox/clients.ts';
import { DesktopClient } from '../../../src/sandbox/desktop-client.ts';
import { CALLBACK } from '../../support/clients/application.ts';
import { register, registrationToken } from '../../support/clients/registration.ts';
import { askDesktop, goOn, proofBy, refusal, signedInDesktop } from '../../support/desktop/desktops.ts';
import { Browser } from '../../support/http/browser.ts';
import { type RunningMire, startMire } from '../../support/mire.ts';
import { begin, signedIn } from '../../support/sign-in/steps.ts';

const OTHER = { login: 'kbenali', password: 'Stethoscope-bleu-42' };

describe('what is refused to a desktop application', () => {
  let mire: RunningMire;
  let key: client.CryptoKeyPair;
  let accessToken: string;
  let url: string;
  beforeAll(async () => {
    mire = await startMire({ env: { RATE_LIMIT_FACTOR: '100' } });
    key = await client.randomDPoPKeyPair();
    const { desktop } = await signedInDesktop(mire, { key });
    accessToken = await desktop.accessToken();
    url = `${mire.issuer}/desktop/session`;
  });
  afterAll(() => mire.close());

  const call = async (headers: Record<string, string>, address = url, init: RequestInit = {}) => {
    const answer = await fetch(address, { ...init, headers: { accept: 'application/json', ...headers } });
    const body = (await answer.json()) as { error?: string; support_code?: string; error_description?: string };
    return { status: answer.status, challenge: answer.headers.get('www-authenticate'), ...body };
  };
  const dpop = (proof: string, token = accessToken) => ({ authorization: `DPoP ${token}`, dpop: proof });

  test('a stolen access token: without a proof, as a Bearer, or with the key of a thief', async () => {
    const thief = await client.randomDPoPKeyPair();
    const refused = await call({ authorization: `DPoP ${accessToken}` });
    expect(refused).toMatchObject({
      status: 401,
      error: 'desktop-proof',
      support_code: expect.stringMatching(/^\S{9}$/),
    });
    expect(refused.challenge).toContain('DPoP error="invalid_dpop_proof"');
    expect(await call({ authorization: `Bearer ${accessToken}` })).toMatchObject({
      status: 401,
      error: 'desktop-token',
    });
    const stolen = await proofBy({ key: thief, url, accessToken });
    expect(await call(dpop(stolen))).toMatchObject({ status: 401, error: 'desktop-proof' });
    expect(await call({})).toMatchObject({ status: 401, error: 'desktop-token' });
  });

  test('a proof that was used: once, and of several at once one', async () => {
    const proof = await proofBy({ key, url, accessToken });
    expect(await call(dpop(proof))).toMatchObject({ status: 200 });
    expect(await call(dpop(proof))).toMatchObject({ status: 401, error: 'desktop-proof' });
    const again = await proofBy({ key, url, accessToken });
    const statuses = await Promise.all([1, 2, 3, 4].map(async () => (await call(dpop(again))).status));
    expect(statuses.sort()).toEqual([200, 401, 401, 401]);
  });

  test.each<[what: string, wrong: Partial<Parameters<typeof proofBy>[0]>]>([
    ['another address', { claims: { htu: 'http://localhost:1/desktop/session' } }],
    ['another method', { claims: { htm: 'POST' } }],
    ['another token', { claims: { ath: 'x'.repeat(43) } }],
    ['no token', { claims: { ath: undefined } }],
    ['an old clock', { claims: { iat: Math.floor(Date.now() / 1000) - 400 } }],
    ['a clock ahead', { claims: { iat: Math.floor(Date.now() / 1000) + 400 } }],
    ['nothing unique', { claims: { jti: undefined } }],
    ['another type', { header: { typ: 'JWT' } }],
  ])('a proof for %s', async (_, wrong) => {
    const proof = await proofBy({ key, url, accessToken, ...wrong });
    expect(await call(dpop(proof))).toMatchObject({ status: 401, error: 'desktop-proof' });
  });

  test('a proof that carries the private key, or is no JWT', async () => {
    const jwk = await crypto.subtle.exportKey('jwk', key.publicKey);
    const withPrivate = await proofBy({ key, url, accessToken, header: { jwk: { ...jwk, d: 'AAAA' } } });
    for (const proof of [withPrivate, 'x', 'a.b.c', 'x'.repeat(9000)])
      expect(await call(dpop(proof))).toMatchObject({ status: 401, error: 'desktop-proof' });
  });

  test('the token of another application, bound to a key or not', async () => {
    const { tokens } = await signedIn(mire);
    const bearer = tokens.access_token;
    const proof = await proofBy({ key, url, accessToken: bearer });
    expect(await call(dpop(proof, bearer))).toMatchObject({ status: 401, error: 'desktop-token' });
  });

  test('the scope, to whoever is no desktop application', async () => {
    const { browser } = await begin(mire, { client: 'ror' });
    const registered = await register(mire.issuer, await registrationToken(mire.issuer), {
      application_type: 'native',
      token_endpoint_auth_method: 'none',
      dpop_bound_access_tokens: true,
      desktop_application: true,
      first_party: true,
    });
    expect(registered.status).toBe(201);
    const address = new URL(`${mire.issuer}/authorize`);
    const parameters = {
      client_id: registered.client_id,
      response_type: 'code',
      redirect_uri: CALLBACK,
      scope: 'openid desktop',
      state: 'here',
      code_challenge: 'x'.repeat(43),
      code_challenge_method: 'S256',
    };
    for (const [name, value] of Object.entries(parameters)) address.searchParams.set(name, value);
    const back = await browser.get(address);
    expect(back.url.searchParams.get('error')).toBe('invalid_scope');
  });

  test('requests without a browser, to whoever registers by itself', async () => {
    const answer = await register(mire.issuer, await registrationToken(mire.issuer), {
      grant_types: ['urn:openid:params:grant-type:ciba'],
      response_types: [],
      redirect_uris: [],
      backchannel_token_delivery_mode: 'poll',
    });
    expect([answer.status, answer.error]).toEqual([400, 'invalid_client_metadata']);
  });

  test('a desktop that has tokens and did not open its session', async () => {
    const { desktop } = await signedInDesktop(mire, { open: false });
    expect(await refusal(desktop.session())).toBe('desktop-session');
    expect(await refusal(desktop.openRequest({ code: 'AAAAAA' }))).toBe('desktop-session');
  });

  test('a desktop that another desktop vouches for', async () => {
    const first = await signedInDesktop(mire);
    const asked = await askDesktop(mire);
    const { id } = await first.desktop.openRequest({ request: asked.request });
    await first.desktop.approve(id, asked.number);
    await goOn(asked);
    const second = await DesktopClient.discover({ issuer: mire.issuer, clientId: 'monsisra' });
    const silent = await second.beginInBrowser('http://127.0.0.1:4273/callback');
    expect((await asked.browser.get(silent.url)).url.pathname).toMatch(/^\/interaction\//);
    // One whose administrator forgot to leave MonSisra out of its modes is refused all the same.
    const [metadata] = demoClients(mire.issuer).filter(({ client_id }) => client_id === 'monsisra');
    const { allowed_modes: _, ...open } = { ...metadata, client_id: 'bureau-ouvert' } as Record<string, unknown>;
    await mire.sandbox.parts.adapter('Client').upsert('bureau-ouvert', open as never, 0);
    const third = await DesktopClient.discover({ issuer: mire.issuer, clientId: 'bureau-ouvert' });
    const { url: address, finish } = await third.beginInBrowser('http://127.0.0.1:4273/callback');
    await finish((await asked.browser.get(address)).url);
    expect(await refusal(third.openSession('Second poste'))).toBe('desktop-from-desktop');
    const fresh = await second.beginInBrowser('http://127.0.0.1:4273/callback', { prompt: 'login' });
    const page = await new Browser(mire.issuer).get(fresh.url);
    expect(page.page.text).toContain("n'accepte pas ce mode");
  });

  test('bodies that are no JSON, too large, or with fields that are not there', async () => {
    const post = async (body: string, headers: Record<string, string> = { 'content-type': 'application/json' }) => {
      const address = `${mire.issuer}/desktop/requests`;
      const proof = await proofBy({ key, method: 'POST', url: address, accessToken });
      return call({ ...dpop(proof), ...headers }, address, { method: 'POST', body });
    };
    expect(await post('{}')).toMatchObject({ status: 422 });
    expect(await post('{"code":7}')).toMatchObject({ status: 422 });
    expect(await post('{')).toMatchObject({ status: 400 });
    expect(await post('code=AAAAAA', { 'content-type': 'application/x-www-form-urlencoded' })).toMatchObject({
      status: 415,
    });
    expect(await post(JSON.stringify({ code: 'x'.repeat(9000) }))).toMatchObject({ status: 413 });
    expect(await post('{"code":"AAAAAA"}')).toMatchObject({ status: 404, error: 'desktop-request' });
  });

  test('another browser than the one that asked takes nothing, nor does another interaction', async () => {
    const { desktop } = await signedInDesktop(mire);
    const asked = await askDesktop(mire);
    const { id } = await desktop.openRequest({ request: asked.request });
    await desktop.approve(id, asked.number);
    const action = asked.waiting.page.querySelector('[data-desktop]')?.getAttribute('action') ?? '';
    const csrf = asked.waiting.page.querySelector('[name=_csrf]')?.getAttribute('value') ?? '';
    expect((await new Browser(mire.issuer).post(action, { _csrf: csrf })).status).toBe(400);
    const second = await askDesktop(mire, { browser: asked.browser });
    expect((await goOn(second)).page.querySelector('[role=status]')).not.toBeNull();
  });
});

describe('a link that is relayed to somebody else', () => {
  test('shows both places and that they differ, and is worth nothing without the number of the page', async () => {
    const mire = await startMire({ env: { TRUSTED_PROXIES: '127.0.0.1,::1', RATE_LIMIT_FACTOR: '100' } });
    try {
      const { desktop } = await signedInDesktop(mire);
      const phisher = new Browser(mire.issuer, { 'x-forwarded-for': '198.51.100.7', 'user-agent': 'Elsewhere/1' });
      const asked = await askDesktop(mire, { browser: phisher });
      const shown = await desktop.openRequest({ request: asked.request });
      expect(shown).toMatchObject({
        asked_from: '198.51.x.x',
        desktop_at: 'loopback',
        same_network: false,
        browser: 'Elsewhere/1',
      });
      expect(JSON.stringify(shown)).not.toContain('198.51.100.7');
      expect(await refusal(desktop.approve(shown.id))).toBe('desktop-wrong-number');
      expect((await goOn(asked)).page.querySelector('#erreur')).not.toBeNull();
    } finally {
      await mire.close();
    }
  });
});

describe('how often', () => {
  let mire: RunningMire;
  beforeAll(async () => {
    mire = await startMire({ env: { RATE_LIMIT_FACTOR: '1' } });
  });
  afterAll(() => mire.close());

  test('three wrong numbers, and nothing is approved for a while, not even with the right one', async () => {
    const { desktop } = await signedInDesktop(mire);
    const choose = async (right: boolean) => {
      const asked = await askDesktop(mire);
      const { id, choices = [] } = await desktop.openRequest({ request: asked.request });
      return refusal(desktop.approve(id, right ? asked.number : choices.find((one) => one !== asked.number)));
    };
    expect([await choose(true), await choose(false), await choose(false), await choose(false)]).toEqual([
      'none',
      'desktop-wrong-number',
      'desktop-wrong-number',
      'desktop-wrong-number',
    ]);
    expect(await choose(true)).toBe('too-many-tries');
  });

  test('codes cannot be tried one after the other', async () => {
    const { desktop } = await signedInDesktop(mire, { person: OTHER });
    const answers: string[] = [];
    for (let i = 0; i < 22; i++) answers.push(await refusal(desktop.openRequest({ code: `AAAA${20 + i}` })));
    expect(answers.slice(0, 20)).toEqual(Array.from({ length: 20 }, () => 'desktop-request'));
    expect(answers.slice(20)).toEqual(['too-many-tries', 'too-many-tries']);
  });
});
