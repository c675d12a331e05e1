import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createRemoteJWKSet, decodeProtectedHeader, jwtVerify } from 'jose';
import * as client from 'openid-client';
import {
  answered,
  CALLBACK,
  configured,
  newBrowser,
  type Parameters,
  registerOpenly,
  request,
  said,
  startConformant,
} from '../../support/clients/suite-clients.ts';
import type { Browser } from '../../support/http/browser.ts';
import type { RunningMire } from '../../support/mire.ts';

const STANDARD = [
  'name',
  'given_name',
  'family_name',
  'middle_name',
  'nickname',
  'profile',
  'picture',
  'website',
  'gender',
  'birthdate',
  'zoneinfo',
  'locale',
  'updated_at',
  'preferred_username',
];

/** Local twins of oidcc-*, the modules of the Basic and Config plans; each test names its module. */
describe('Basic OP', () => {
  let mire: RunningMire;
  let one: client.Configuration;
  let two: client.Configuration;
  let browser: Browser;
  beforeAll(async () => {
    mire = await startConformant();
    [one, two] = await Promise.all([
      configured(mire, await registerOpenly(mire)),
      configured(mire, await registerOpenly(mire)),
    ]);
    browser = newBrowser(mire);
    await answered(browser, request(one));
  });
  afterAll(() => mire.close());

  const redeem = (url: URL, configuration = one) =>
    client.authorizationCodeGrant(configuration, url, { expectedState: 'a-state', expectedNonce: 'a-nonce' });
  const tokensFor = async (more: Parameters = {}) => redeem((await answered(browser, request(one, more))).url);
  const userinfo = async (more: Parameters) => {
    const tokens = await tokensFor(more);
    return client.fetchUserInfo(one, tokens.access_token, tokens.claims()?.sub ?? '');
  };

  test('discovery-endpoint-verification (Discovery §3)', async () => {
    const found = one.serverMetadata();
    expect(found.issuer).toBe(mire.issuer);
    for (const name of [
      'authorization_endpoint',
      'token_endpoint',
      'userinfo_endpoint',
      'jwks_uri',
      'registration_endpoint',
    ])
      expect([name, String(found[name]).startsWith(`${mire.issuer}/`)]).toEqual([name, true]);
    expect(found.scopes_supported).toContain('openid');
    expect(found.id_token_signing_alg_values_supported).toContain('RS256');
    expect(found.response_types_supported).toEqual(expect.arrayContaining(['code', 'id_token', 'id_token token']));
    expect(found.subject_types_supported).toEqual(['public', 'pairwise']);
    expect(found.claims_supported).toEqual(expect.arrayContaining(['sub', ...STANDARD]));
    expect(found.claims_parameter_supported).toBe(true);
    const answer = await fetch(`${mire.issuer}/.well-known/openid-configuration`);
    expect(answer.headers.get('content-type')).toMatch(/^application\/json/);
  });

  test('server; idtoken-signature: RS256 by default, a key of the set by its name (Core §3.1.3.7, §10.1)', async () => {
    const tokens = await tokensFor();
    const { kid, alg } = decodeProtectedHeader(tokens.id_token ?? '');
    expect([alg, kid]).toEqual(['RS256', expect.any(String)]);
    const { payload } = await jwtVerify(tokens.id_token ?? '', createRemoteJWKSet(new URL(`${mire.issuer}/jwks`)), {
      issuer: mire.issuer,
      audience: one.clientMetadata().client_id,
    });
    expect(payload).toMatchObject({ nonce: 'a-nonce', iat: expect.any(Number), exp: expect.any(Number) });
    const { keys } = (await (await fetch(`${mire.issuer}/jwks`)).json()) as { keys: { kid: string }[] };
    expect(new Set(keys.map((key) => key.kid)).size).toBe(keys.length);
  });

  test('idtoken-unsigned: `none` cannot be registered (Core §2, Registration §2)', async () => {
    expect((await registerOpenly(mire, { id_token_signed_response_alg: 'none' })).error).toBe(
      'invalid_client_metadata',
    );
  });

  test('userinfo-get, -post-header, -post-body (Core §5.3.1)', async () => {
    const { access_token } = await tokensFor();
    const authorization = `Bearer ${access_token}`;
    for (const init of [
      { headers: { authorization } },
      { method: 'POST', headers: { authorization } },
      { method: 'POST', body: new URLSearchParams({ access_token }) },
    ])
      expect((await fetch(`${mire.issuer}/userinfo`, init)).status).toBe(200);
    expect((await fetch(`${mire.issuer}/userinfo?access_token=${access_token}`)).status).toBe(400);
  });

  test('ensure-request-without-nonce-succeeds-for-code-flow (Core §3.1.2.1)', async () => {
    const back = await answered(browser, request(one, { nonce: '' }));
    const tokens = await client.authorizationCodeGrant(one, back.url, { expectedState: 'a-state' });
    expect(tokens.claims()).not.toHaveProperty('nonce');
  });

  test('scope-profile, -email, -address, -phone, -all: every standard claim, each of its type (Core §5.1, §5.4)', async () => {
    const all = await userinfo({ scope: 'openid profile email address phone' });
    for (const name of STANDARD)
      expect([name, typeof all[name]]).toEqual([name, name === 'updated_at' ? 'number' : 'string']);
    expect(all).toMatchObject({
      email: expect.stringContaining('@'),
      email_verified: true,
      phone_number: expect.stringMatching(/^\+/),
      phone_number_verified: true,
      address: { formatted: expect.any(String), country: 'France' },
    });
    expect(Object.keys(await userinfo({ scope: 'openid' }))).not.toContain('name');
    expect(await userinfo({ scope: 'openid email' })).not.toHaveProperty('name');
  });

  test.each<[string, Parameters]>([
    ['display-page', { display: 'page' }],
    ['display-popup', { display: 'popup' }],
    ['ensure-request-with-unknown-parameter-succeeds', { extra: 'foobar' }],
    ['login-hint', { login_hint: 'buffy@example.org' }],
    ['ui-locales', { ui_locales: 'se' }],
    ['claims-locales', { claims_locales: 'se' }],
    ['ensure-request-with-acr-values-succeeds', { acr_values: 'eidas1 eidas2 eidas3' }],
    ['max-age-10000', { max_age: '10000' }],
    ['prompt-none-logged-in', { prompt: 'none' }],
  ])('%s: no error, nobody is asked again (Core §3.1.2.1)', async (module, parameters) => {
    const before = (await tokensFor()).claims();
    const url = request(one, parameters);
    // For somebody who is not signed in, the page comes all the same.
    if (parameters.prompt !== 'none') {
      const page = await newBrowser(mire).get(url);
      expect([module, page.status]).toEqual([module, 200]);
      if (parameters.login_hint)
        expect(page.page.querySelector('[name=login]')?.getAttribute('value')).toBe(parameters.login_hint);
    }
    const claims = (await redeem((await browser.get(url)).url)).claims();
    expect([claims?.sub, claims?.auth_time]).toEqual([before?.sub, before?.auth_time]);
    if (parameters.acr_values) expect(parameters.acr_values.split(' ')).toContain(claims?.acr);
  });

  test('prompt-login, max-age-1: a second sign-in, auth_time moves (Core §3.1.2.1)', async () => {
    for (const parameters of [{ prompt: 'login' }, { max_age: '1' }] as Parameters[]) {
      const own = newBrowser(mire);
      const first = (await redeem((await answered(own, request(one))).url)).claims();
      mire.clock.forwardAll(3);
      try {
        const page = await own.get(request(one, parameters));
        expect(page.page.querySelector('[name=password]')).not.toBeNull();
        const second = (await redeem((await answered(own, request(one, parameters))).url)).claims();
        expect(second?.sub).toBe(first?.sub);
        expect(Number(second?.auth_time)).toBeGreaterThan(Number(first?.auth_time));
      } finally {
        mire.clock.restore();
      }
    }
  });

  test('prompt-none-not-logged-in: login_required (Core §3.1.2.6)', async () => {
    const back = await newBrowser(mire).get(request(one, { prompt: 'none' }));
    expect([said(back).get('error'), said(back).get('state'), said(back).get('iss')]).toEqual([
      'login_required',
      'a-state',
      mire.issuer,
    ]);
  });

  test('id-token-hint: of the one who is signed in, silently (Core §3.1.2.1)', async () => {
    const tokens = await tokensFor();
    const back = await browser.get(request(one, { prompt: 'none', id_token_hint: tokens.id_token ?? '' }));
    expect((await redeem(back.url)).claims()?.sub).toBe(tokens.claims()?.sub);
  });

  test('codereuse, codereuse-30seconds: invalid_grant, and the first token is revoked (RFC 6749 §4.1.2)', async () => {
    for (const seconds of [0, 30]) {
      const back = await answered(browser, request(one));
      const { access_token } = await redeem(back.url);
      mire.clock.forwardAll(seconds);
      try {
        await expect(redeem(back.url)).rejects.toMatchObject({ error: 'invalid_grant', status: 400 });
        const answer = await fetch(`${mire.issuer}/userinfo`, { headers: { authorization: `Bearer ${access_token}` } });
        expect(answer.status).toBe(401);
      } finally {
        mire.clock.restore();
      }
    }
  });

  test('ensure-registered-redirect-uri: a page of ours (Core §3.1.2.1)', async () => {
    const page = await browser.get(request(one, { redirect_uri: `${CALLBACK}/other` }));
    expect([page.url.origin, page.status]).toEqual([mire.issuer, 400]);
    expect(page.page.querySelector('.card-error')).not.toBeNull();
  });

  test('response-type-missing: an error, at the application or on a page (RFC 6749 §3.1.1)', async () => {
    const back = await browser.get(request(one, { response_type: '' }));
    expect(said(back).get('error') ?? back.status).toBe('invalid_request');
    expect(said(back).get('code')).toBeNull();
  });

  test('ensure-post-request-succeeds: GET alone, by choice; nothing is signed in by the form of another site', async () => {
    const body = new URLSearchParams(request(one).search);
    expect((await fetch(`${mire.issuer}/authorize`, { method: 'POST', body, redirect: 'manual' })).status).toBe(404);
  });

  test('server-client-secret-post (Core §9)', async () => {
    const registered = await registerOpenly(mire, { token_endpoint_auth_method: 'client_secret_post' });
    const post = await configured(mire, registered, client.ClientSecretPost(registered.client_secret));
    expect((await redeem((await answered(browser, request(post))).url, post)).access_token).toBeTruthy();
    const basic = await configured(mire, registered);
    await expect(redeem((await answered(browser, request(basic))).url, basic)).resolves.toBeTruthy();
  });

  test('request-uri-unsigned, unsigned-request-object: refused as not supported (Core §6)', async () => {
    const by = async (parameters: Parameters) => said(await browser.get(request(one, parameters))).get('error');
    expect(await by({ request_uri: 'https://suite.test/request.jwt' })).toBe('request_uri_not_supported');
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const unsigned = `${part({ alg: 'none' })}.${part({ client_id: one.clientMetadata().client_id })}.`;
    const page = await browser.get(request(one, { request: unsigned }));
    expect(said(page).get('code')).toBeNull();
    expect(one.serverMetadata().request_object_signing_alg_values_supported).not.toContain('none');
    expect(one.serverMetadata().request_uri_parameter_supported).toBe(false);
  });

  test('claims-essential (Core §5.5.1)', async () => {
    const claims = JSON.stringify({ userinfo: { name: { essential: true } } });
    expect((await userinfo({ claims })).name).toBe('Marie Durand');
  });

  test('refresh-token: with offline_access, rotated, for its own client alone (Core §11, §12; RFC 6749 §6)', async () => {
    const tokens = await tokensFor({ scope: 'openid offline_access', prompt: 'consent' });
    const refresh_token = tokens.refresh_token ?? '';
    await expect(client.refreshTokenGrant(two, refresh_token)).rejects.toMatchObject({ error: 'invalid_grant' });
    const refreshed = await client.refreshTokenGrant(one, refresh_token);
    const [before, after] = [tokens.claims(), refreshed.claims()];
    expect([after?.iss, after?.sub, after?.aud, after?.auth_time]).toEqual([
      before?.iss,
      before?.sub,
      before?.aud,
      before?.auth_time,
    ]);
    expect(refreshed.access_token).not.toBe(tokens.access_token);
  });

  test('ensure-request-with-valid-pkce-succeeds, and none is needed here (RFC 7636)', async () => {
    const verifier = client.randomPKCECodeVerifier();
    const challenge = {
      code_challenge: await client.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
    };
    const back = await answered(browser, request(one, challenge));
    const checks = { expectedState: 'a-state', expectedNonce: 'a-nonce' };
    expect(
      (await client.authorizationCodeGrant(one, back.url, { ...checks, pkceCodeVerifier: verifier })).access_token,
    ).toBeTruthy();
    // A challenge that was sent binds, whoever redeems (PKCE downgrade, RFC 9700 §4.8.2).
    const stripped = await answered(browser, request(one, challenge));
    await expect(client.authorizationCodeGrant(one, stripped.url, checks)).rejects.toMatchObject({
      error: 'invalid_grant',
    });
    const without = await answered(browser, request(one));
    await expect(
      client.authorizationCodeGrant(one, without.url, { ...checks, pkceCodeVerifier: verifier }),
    ).rejects.toMatchObject({ error: 'invalid_grant' });
  });

  test('a client registers, reads and deletes itself, as every module does in the end (RFC 7592 §2)', async () => {
    const registered = await registerOpenly(mire);
    const headers = { authorization: `Bearer ${registered.registration_access_token}` };
    expect((await fetch(registered.registration_client_uri, { headers })).status).toBe(200);
    expect((await fetch(registered.registration_client_uri, { method: 'DELETE', headers })).status).toBe(204);
    expect((await fetch(registered.registration_client_uri, { headers })).status).toBe(401);
  });
});
