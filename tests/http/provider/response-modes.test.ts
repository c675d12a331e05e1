import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import * as client from 'openid-client';
import { Application, CALLBACK } from '../../support/clients/application.ts';
import { Browser } from '../../support/http/browser.ts';
import { type RunningMire, startMire } from '../../support/mire.ts';
import { signInByPassword } from '../../support/sign-in/journeys.ts';
import { signedIn } from '../../support/sign-in/steps.ts';

describe('other ways to ask and to be answered', () => {
  let mire: RunningMire;
  let ror: Application;
  beforeAll(async () => {
    mire = await startMire();
    ror = await Application.discover(mire.issuer, 'ror');
  });
  afterAll(() => mire.close());

  test('form_post: a page that posts to the application, and that our policy lets run', async () => {
    const { browser } = await signedIn(mire);
    const started = await ror.start({ response_mode: 'form_post' });
    const answer = await browser.fetch(started.url);
    const html = await answer.text();
    const policy = answer.headers.get('content-security-policy') ?? '';
    const action = /action="([^"]+)"/.exec(html)?.[1];
    expect(action).toBe(CALLBACK);
    expect(policy).not.toMatch(/form-action|unsafe/);
    expect(policy).toMatch(/script-src[^;]*'sha256-/);
    const fields = [...html.matchAll(/name="([^"]+)" value="([^"]+)"/g)].map(
      ([, name, value]) => [String(name), String(value)] as const,
    );
    const url = new URL(`${CALLBACK}?${new URLSearchParams(Object.fromEntries(fields))}`);
    expect((await started.finish(url)).claims()).toMatchObject({ aud: 'ror' });
  });

  test('a signed answer (JARM) is verified, a changed one refused', async () => {
    const { browser } = await signedIn(mire);
    const jarm = await Application.discover(mire.issuer, 'ror');
    client.useJwtResponseMode(jarm.configuration);
    const started = await jarm.start({ response_mode: 'query.jwt' });
    const answer = (await browser.get(started.url)).url;
    const changed = new URL(answer);
    changed.searchParams.set('response', `${answer.searchParams.get('response')?.slice(0, -4)}AAAA`);
    await expect(started.finish(changed)).rejects.toHaveProperty('cause.message', 'JWT signature verification failed');
    expect((await started.finish(answer)).claims()).toMatchObject({ aud: 'ror' });
  });

  test('an unknown response mode is refused', async () => {
    const page = await new Browser(mire.issuer).get((await ror.start({ response_mode: 'web_message' })).url);
    expect(page.url.searchParams.get('error') ?? page.status).toMatch(/unsupported_response_mode|invalid_request/);
  });

  test('a pushed request is taken once, by its own application, in one go', async () => {
    const verifier = client.randomPKCECodeVerifier();
    const parameters = {
      redirect_uri: CALLBACK,
      scope: 'openid',
      state: 'a-state',
      nonce: 'a-nonce',
      code_challenge: await client.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
    };
    const url = await client.buildAuthorizationUrlWithPAR(ror.configuration, parameters);
    expect([...url.searchParams.keys()].sort()).toEqual(['client_id', 'request_uri']);

    const stolen = new URL(url);
    stolen.searchParams.set('client_id', 'cerveau');
    expect((await new Browser(mire.issuer).get(stolen)).status).toBe(400);

    const tampered = new URL(url);
    tampered.searchParams.set('scope', 'openid identite_ps');
    tampered.searchParams.set('redirect_uri', 'https://evil.example/');
    const back = await signInByPassword(new Browser(mire.issuer), tampered);
    expect(back.url.origin + back.url.pathname).toBe(CALLBACK);
    const tokens = await client.authorizationCodeGrant(ror.configuration, back.url, {
      pkceCodeVerifier: verifier,
      expectedState: 'a-state',
      expectedNonce: 'a-nonce',
    });
    expect(tokens.scope).toBe('openid');

    const again = await new Browser(mire.issuer).get(url);
    expect([again.url.origin, again.status]).toEqual([mire.issuer, 400]);
  });

  test("a push without the application's secret is refused", async () => {
    const body = new URLSearchParams({
      client_id: 'ror',
      redirect_uri: CALLBACK,
      response_type: 'code',
      scope: 'openid',
    });
    expect((await fetch(`${mire.issuer}/par`, { method: 'POST', body })).status).toBeGreaterThanOrEqual(400);
  });
});
