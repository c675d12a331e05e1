import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { decodeProtectedHeader } from 'jose';
import { CALLBACK } from '../../support/clients/application.ts';
import { FapiClient, newKeys } from '../../support/clients/fapi-client.ts';
import { register, registrationToken } from '../../support/clients/registration.ts';
import type { Browser } from '../../support/http/browser.ts';
import { type RunningMire, startMire } from '../../support/mire.ts';

const now = () => Math.floor(Date.now() / 1000);

/** Local twins of fapi2-security-profile-final-*: what each checks, in the words of the profile. */
describe('FAPI 2.0 Security Profile, for the clients that carry it', () => {
  let mire: RunningMire;
  let one: FapiClient;
  let two: FapiClient;
  let browser: Browser;
  beforeAll(async () => {
    mire = await startMire();
    one = await FapiClient.create(mire, 'fapi-1');
    two = await FapiClient.create(mire, 'fapi-2');
    browser = one.newBrowser();
    await one.authorized(browser);
  });
  afterAll(() => mire.close());

  const redeemed = async (more: Record<string, string> = {}) => {
    const { code, verifier } = await one.authorized(browser, more);
    return one.redeem(code, verifier);
  };

  test('happy flow: PAR, PKCE, iss, DPoP with a nonce that the server asks for, ES256 (§5.3.2)', async () => {
    const { verifier, answer, code, fields } = await one.authorized(browser);
    expect(answer.searchParams.get('iss')).toBe(mire.issuer);
    expect(answer.searchParams.get('state')).toBe(fields.state);
    const first = await one.redeem(code, verifier, {
      DPoP: await one.proof('/token', { claims: { nonce: undefined } }),
    });
    expect([first.status, first.json.error]).toEqual([400, 'use_dpop_nonce']);
    expect(first.headers['dpop-nonce']).toBeTruthy();
    const { status, json } = await one.redeem(code, verifier);
    expect([status, json.token_type, decodeProtectedHeader(String(json.id_token)).alg]).toEqual([200, 'DPoP', 'ES256']);
    expect((await one.userinfo(String(json.access_token))).status).toBe(200);
    // Access token header case (RFC 9110 §11.1).
    expect((await one.userinfo(String(json.access_token), { scheme: 'dPoP' })).status).toBe(200);
  });

  test('without state, without nonce, with long ones, scopes in another order', async () => {
    for (const more of [
      { state: '' },
      { nonce: '' },
      { nonce: 'n'.repeat(64) },
      { state: 's'.repeat(384) },
      { scope: 'email openid profile' },
    ] as Record<string, string>[]) {
      const { answer, fields } = await one.authorized(browser, more);
      expect([more, answer.searchParams.has('code')]).toEqual([more, true]);
      expect(answer.searchParams.get('state')).toBe(fields.state ?? null);
    }
  });

  test('no request but a pushed one, unsigned or signed (§5.3.2.2, 3)', async () => {
    const { fields } = await one.parameters();
    for (const parameters of [fields, { request: await one.request(fields), response_type: 'code', scope: 'openid' }]) {
      const url = new URL(`${mire.issuer}/authorize`);
      url.search = String(new URLSearchParams({ client_id: one.id, ...(parameters as Record<string, string>) }));
      const back = await one.newBrowser().get(url);
      expect(back.url.searchParams.get('code')).toBeNull();
      expect(back.url.searchParams.get('error') ?? String(back.status)).toMatch(/^(?:invalid_request|400)$/);
    }
  });

  test.each<[string, Record<string, string>, string]>([
    ['no PKCE (§5.3.2.2, 5)', { code_challenge: '', code_challenge_method: '' }, 'invalid_request'],
    ['PKCE in clear', { code_challenge_method: 'plain' }, 'invalid_request'],
    ['no redirect_uri (§5.3.2.2, 7)', { redirect_uri: '' }, 'invalid_request'],
    ['another redirect_uri', { redirect_uri: 'https://evil.example/' }, 'invalid_request'],
    ['response_type code id_token', { response_type: 'code id_token' }, 'unsupported_response_type'],
    ['response_type token', { response_type: 'token' }, 'unsupported_response_type'],
    [
      'a request_uri inside (RFC 9126 §2.1)',
      { request_uri: 'urn:ietf:params:oauth:request_uri:x' },
      'request_uri_not_supported',
    ],
  ])('a push with %s is refused', async (_what, change, error) => {
    const { fields } = await one.parameters(change);
    const { status, json } = await one.post('/par', fields, { DPoP: null });
    expect([status, json.error, json.request_uri]).toEqual([400, error, undefined]);
  });

  test('a pushed request: once, by its own client, in a minute, and its form may be reopened (RFC 9126 §2.2, §4)', async () => {
    const pushed = await one.post('/par', (await one.parameters()).fields, { DPoP: null });
    expect(pushed.json.expires_in).toBeLessThan(600);
    expect(String(pushed.json.request_uri)).toMatch(/^urn:ietf:params:oauth:request_uri:\S{20,}$/);
    const stolen = await two.newBrowser().get(two.address(pushed.json.request_uri));
    expect([stolen.url.origin, stolen.status]).toEqual([mire.issuer, 400]);
    // Before signing in is over, the person may come back to it.
    for (const _ of [1, 2]) {
      const page = await one.newBrowser().get(one.address(pushed.json.request_uri));
      expect(page.url.pathname).toMatch(/^\/interaction\//);
    }
    expect((await browser.get(one.address(pushed.json.request_uri))).url.searchParams.has('code')).toBe(true);
    const again = await browser.get(one.address(pushed.json.request_uri));
    expect([again.url.origin, again.status]).toEqual([mire.issuer, 400]);
    const late = await one.post('/par', (await one.parameters()).fields, { DPoP: null });
    mire.clock.forwardAll(61 + 15);
    try {
      const page = await one.newBrowser().get(one.address(late.json.request_uri));
      expect([page.url.origin, page.status]).toEqual([mire.issuer, 400]);
    } finally {
      mire.clock.restore();
    }
    for (const method of ['GET', 'PUT'] as const)
      expect((await fetch(`${mire.issuer}/par`, { method })).status).toBeGreaterThanOrEqual(404);
  });

  test('a state beside the pushed request is not used', async () => {
    const pushed = await one.post('/par', (await one.parameters({ state: '' })).fields, { DPoP: null });
    const back = await browser.get(one.address(pushed.json.request_uri, { state: 'outside' }));
    expect([back.url.searchParams.has('code'), back.url.searchParams.get('state')]).toEqual([true, null]);
  });

  describe('client assertions (§5.3.2.1, 6-9; RFC 7523 §3)', () => {
    test.each<[string, Record<string, unknown>]>([
      ['for the token endpoint, not the issuer', { aud: 'token' }],
      ['for the PAR endpoint', { aud: 'par' }],
      ['for the issuer in a list', { aud: 'list' }],
      ['for somebody else', { aud: 'https://evil.example' }],
      ['that ended five minutes ago', { exp: now() - 300 }],
      ['that begins in more than a minute', { nbf: now() + 90 }],
      ['without an end', { exp: undefined }],
      ['without a name of its own', { jti: undefined }],
      ['without a subject', { sub: undefined }],
      ['of another issuer', { iss: 'fapi-2' }],
    ])('one %s is refused', async (_what, change) => {
      const audience = { token: `${mire.issuer}/token`, par: `${mire.issuer}/par`, list: [mire.issuer] } as const;
      const aud = audience[change.aud as keyof typeof audience] ?? change.aud ?? mire.issuer;
      const assertion = await one.assertion({ ...change, aud });
      for (const path of ['/par', '/token']) {
        const { fields } = await one.parameters();
        const { status, json } = await one.post(
          path,
          { ...fields, grant_type: 'authorization_code' },
          { assertion, DPoP: null },
        );
        expect([path, status, json.error]).toEqual([
          path,
          expect.any(Number),
          expect.stringMatching(/^invalid_(?:client|request)$/),
        ]);
        expect(status).toBeGreaterThanOrEqual(400);
      }
    });

    test('one that begins in 8 seconds is taken (clock tolerance, §5.3.2.1, 13)', async () => {
      const assertion = await one.assertion({ nbf: now() + 8 });
      const { status } = await one.post('/par', (await one.parameters()).fields, { assertion, DPoP: null });
      expect(status).toBe(201);
    });

    test('one that was used, and one signed with the key of another client', async () => {
      const used = await one.assertion();
      const push = async (assertion: string) =>
        (await one.post('/par', (await one.parameters()).fields, { assertion, DPoP: null })).json.error;
      expect(await push(used)).toBeUndefined();
      expect(await push(used)).toBe('invalid_client');
      expect(await push(await one.assertion({}, { keys: two.keys }))).toBe('invalid_client');
    });

    test('RS256 is refused, also with a registered key (§5.4.1)', async () => {
      const rsa = await FapiClient.create(mire, 'fapi-rsa', {}, 'RS256');
      const assertion = await rsa.assertion({}, { alg: 'RS256' });
      const { json } = await rsa.post('/par', (await rsa.parameters()).fields, { assertion, DPoP: null });
      expect(json.error).toBe('invalid_client');
      const ps = await FapiClient.create(mire, 'fapi-ps', {}, 'PS256');
      const good = await ps.assertion({}, { alg: 'PS256' });
      expect((await ps.post('/par', (await ps.parameters()).fields, { assertion: good, DPoP: null })).status).toBe(201);
    });
  });

  test('refresh tokens are not rotated, and are the client’s alone (§5.3.2.1, 11)', async () => {
    const { json } = await redeemed();
    const refresh = (client: FapiClient) =>
      client.post('/token', { grant_type: 'refresh_token', refresh_token: String(json.refresh_token) });
    const first = await refresh(one);
    expect([first.status, first.json.refresh_token]).toEqual([200, json.refresh_token]);
    expect((await refresh(one)).status).toBe(200);
    expect((await refresh(two)).json.error).toBe('invalid_grant');
  });

  test('the person may say no', async () => {
    const away = one.newBrowser();
    const pushed = await one.post('/par', (await one.parameters()).fields, { DPoP: null });
    await away.get(one.address(pushed.json.request_uri));
    const back = await away.submit({}, '/abort');
    expect([back.url.origin, back.url.searchParams.get('error')]).toEqual([new URL(CALLBACK).origin, 'access_denied']);
    expect(back.url.searchParams.get('iss')).toBe(mire.issuer);
  });

  test('what the profile requires is set when a client registers, and what contradicts it is refused', async () => {
    const token = await registrationToken(mire.issuer);
    const jwks = { keys: [(await newKeys()).publicJwk] };
    const base = { fapi_profile: '2.0', token_endpoint_auth_method: 'private_key_jwt', jwks };
    expect(await register(mire.issuer, token, base)).toMatchObject({
      status: 201,
      require_pushed_authorization_requests: true,
      dpop_bound_access_tokens: true,
      id_token_signed_response_alg: 'ES256',
    });
    for (const change of [
      { token_endpoint_auth_method: 'client_secret_basic', jwks: undefined },
      { token_endpoint_auth_method: 'none', jwks: undefined },
      { token_endpoint_auth_signing_alg: 'RS256' },
      { request_object_signing_alg: 'RS256' },
      { fapi_profile: '1.0' },
    ])
      expect([change, (await register(mire.issuer, token, { ...base, ...change })).status]).toEqual([change, 400]);
  });
});
