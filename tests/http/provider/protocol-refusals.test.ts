import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import * as client from 'openid-client';
import { Application, CALLBACK } from '../../support/clients/application.ts';
import { Browser } from '../../support/http/browser.ts';
import { FORM, form, raw } from '../../support/http/raw-request.ts';
import { type RunningMire, startMire } from '../../support/mire.ts';
import { signedIn } from '../../support/sign-in/steps.ts';

const basic = (id: string, secret = `${id}-sandbox-secret`) => ({
  authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`,
});

describe('what the specifications refuse', () => {
  let mire: RunningMire;
  beforeAll(async () => {
    mire = await startMire();
  });
  afterAll(() => mire.close());
  afterEach(() => {
    jest.restoreAllMocks();
  });

  const token = async (fields: Record<string, string>, headers: Record<string, string> = basic('ror')) => {
    const { status, body } = await raw(mire.issuer, {
      method: 'POST',
      path: '/token',
      headers: { ...FORM, ...headers },
      body: form(fields),
    });
    return { status, ...(JSON.parse(body) as { error?: string; access_token?: string; refresh_token?: string }) };
  };
  /** A code that was not redeemed yet. */
  const codeOf = async (parameters: Record<string, string> = {}) => {
    const { browser } = await signedIn(mire);
    const ror = await Application.discover(mire.issuer, 'ror');
    const started = await ror.start(parameters);
    const back = await browser.get(started.url);
    return { ror, started, answer: back.url, code: back.url.searchParams.get('code') ?? '' };
  };
  const redemption = (code: string, verifier: string) => ({
    grant_type: 'authorization_code',
    code,
    redirect_uri: CALLBACK,
    code_verifier: verifier,
  });
  const userinfo = async (accessToken: string) =>
    (await raw(mire.issuer, { path: '/userinfo', headers: { authorization: `Bearer ${accessToken}` } })).status;

  test('a wrong nonce and a wrong state are seen by the application', async () => {
    const { ror, started, answer } = await codeOf();
    const checks = { pkceCodeVerifier: started.verifier, expectedState: started.state, expectedNonce: 'another' };
    await expect(
      client.authorizationCodeGrant(ror.configuration, answer, { ...checks, expectedState: 'another' }),
    ).rejects.toMatchObject({ code: 'OAUTH_INVALID_RESPONSE' });
    await expect(client.authorizationCodeGrant(ror.configuration, answer, checks)).rejects.toMatchObject({
      code: 'OAUTH_JWT_CLAIM_COMPARISON_FAILED',
    });
  });

  test.each([
    ['a wrong verifier', { code_verifier: 'x'.repeat(43) }],
    ['no verifier', { code_verifier: undefined }],
    ['another redirect_uri', { redirect_uri: 'http://localhost:4000/other' }],
    ['a shortened code', { shorten: true }],
  ])('%s redeems nothing', async (_what, change) => {
    const { code, started } = await codeOf();
    const { shorten, ...fields } = { shorten: false, ...change };
    const sent = { ...redemption(shorten ? code.slice(0, -1) : code, started.verifier), ...fields };
    const given = Object.fromEntries(
      Object.entries(sent).filter((entry): entry is [string, string] => entry[1] !== undefined),
    );
    expect(await token(given)).toMatchObject({ status: 400, error: 'invalid_grant' });
  });

  test('a code of one application is worth nothing at another', async () => {
    const { code, started } = await codeOf();
    expect(await token(redemption(code, started.verifier), basic('cerveau'))).toMatchObject({
      status: 400,
      error: 'invalid_grant',
    });
  });

  test('a code dies after a minute', async () => {
    const { code, started } = await codeOf();
    const now = Date.now;
    jest.spyOn(Date, 'now').mockImplementation(() => now() + 61_000);
    expect(await token(redemption(code, started.verifier))).toMatchObject({ status: 400, error: 'invalid_grant' });
  });

  test('a code used twice takes away what it gave the first time', async () => {
    const { code, started } = await codeOf();
    const first = await token(redemption(code, started.verifier));
    expect(await userinfo(first.access_token ?? '')).toBe(200);
    expect(await token(redemption(code, started.verifier))).toMatchObject({ status: 400, error: 'invalid_grant' });
    expect(await userinfo(first.access_token ?? '')).toBe(401);
    expect(await token({ grant_type: 'refresh_token', refresh_token: first.refresh_token ?? '' })).toMatchObject({
      error: 'invalid_grant',
    });
  });

  test('a refresh token used twice ends its family', async () => {
    const { tokens } = await signedIn(mire);
    const refresh = (value: string | undefined) => token({ grant_type: 'refresh_token', refresh_token: value ?? '' });
    const second = await refresh(tokens.refresh_token);
    expect(second.status).toBe(200);
    expect(await refresh(tokens.refresh_token)).toMatchObject({ status: 400, error: 'invalid_grant' });
    expect(await refresh(second.refresh_token)).toMatchObject({ status: 400, error: 'invalid_grant' });
    expect(await userinfo(second.access_token ?? '')).toBe(401);
  });

  test('no token stands in for another kind, shortened, lengthened or in another case', async () => {
    const { tokens, answer } = await signedIn(mire);
    const access = tokens.access_token;
    const impostors = [
      tokens.refresh_token ?? '',
      tokens.id_token ?? '',
      answer.searchParams.get('code') ?? '',
      access.slice(1),
      access.slice(0, -1),
      `${access}=`,
      `${access}x`,
      access.toUpperCase(),
      access.toLowerCase(),
      '',
    ];
    for (const impostor of impostors) expect([401, 400]).toContain(await userinfo(impostor));
    expect(await userinfo(access)).toBe(200);
    for (const refresh_token of [access, tokens.id_token ?? '', (tokens.refresh_token ?? '').slice(0, -1)]) {
      expect(await token({ grant_type: 'refresh_token', refresh_token })).toMatchObject({
        status: 400,
        error: 'invalid_grant',
      });
    }
  });

  test('a refresh token is worth nothing at another application, and neither sees nor revokes the token of the other', async () => {
    const { tokens } = await signedIn(mire);
    const refresh_token = tokens.refresh_token ?? '';
    expect(await token({ grant_type: 'refresh_token', refresh_token }, basic('cerveau'))).toMatchObject({
      status: 400,
      error: 'invalid_grant',
    });
    const asked = {
      method: 'POST',
      headers: { ...FORM, ...basic('cerveau') },
      body: form({ token: tokens.access_token }),
    };
    expect(JSON.parse((await raw(mire.issuer, { ...asked, path: '/introspect' })).body)).toMatchObject({
      active: false,
    });
    await raw(mire.issuer, { ...asked, path: '/revoke' });
    expect(await userinfo(tokens.access_token)).toBe(200);
  });

  test.each([
    ['a wrong secret', basic('ror', 'wrong')],
    ['no authentication', {}],
    ['an unknown application', basic('nobody')],
    ['malformed Basic', { authorization: 'Basic %%%' }],
  ])('%s is refused at the token endpoint', async (_what, headers) => {
    const answer = await token({ grant_type: 'refresh_token', refresh_token: 'x' }, headers);
    expect([400, 401]).toContain(answer.status);
    expect(['invalid_client', 'invalid_request']).toContain(answer.error);
  });

  test.each([
    ['no PKCE', { code_challenge: '', code_challenge_method: '' }, 'invalid_request'],
    ['PKCE in clear', { code_challenge_method: 'plain' }, 'invalid_request'],
    ['an implicit response', { response_type: 'id_token' }, 'unsupported_response_type'],
    ['a request by reference', { request_uri: 'https://evil.example/request' }, 'request_uri_not_supported'],
    ['an unknown resource', { resource: 'https://api.example.org/' }, 'invalid_target'],
  ])('%s goes back to the application as an error', async (_what, parameters, error) => {
    const ror = await Application.discover(mire.issuer, 'ror');
    const url = (await ror.start()).url;
    for (const [name, value] of Object.entries(parameters)) {
      if (value) url.searchParams.set(name, value);
      else url.searchParams.delete(name);
    }
    const browser = new Browser(mire.issuer);
    const back = await browser.get(url);
    // An implicit request is answered in the fragment, errors too (OAuth 2.0 Multiple Response Types §5).
    const said = new URLSearchParams(`${back.url.search.slice(1)}&${back.url.hash.slice(1)}`);
    expect([back.url.origin, said.get('error'), said.get('code')]).toEqual(['http://localhost:4000', error, null]);
  });

  test.each([
    'http://localhost:4000/callback/',
    'http://localhost:4000/callback?x=1',
    'http://localhost:4000/Callback',
    'http://localhost:4000/callback/../evil',
    'http://localhost:4001/callback',
    'http://127.0.0.1:4000/callback',
    'http://localhost:4000@evil.example/callback',
    'https://evil.example/callback',
    '//evil.example',
    'javascript:alert(1)',
    'http://localhost:4000/callback%00',
    'http://localhost:4000/callback#x',
  ])('the browser is never sent to %s', async (redirect_uri) => {
    const ror = await Application.discover(mire.issuer, 'ror');
    const page = await new Browser(mire.issuer).get((await ror.start({ redirect_uri })).url);
    expect([page.url.origin, page.status]).toEqual([mire.issuer, 400]);
    expect(page.redirects).toHaveLength(1);
  });

  test('an unsigned ID token is no hint', async () => {
    const { browser, tokens } = await signedIn(mire);
    const [, payload = ''] = (tokens.id_token ?? '').split('.');
    const unsigned = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${payload}.`;
    const ror = await Application.discover(mire.issuer, 'ror');
    const back = await browser.get((await ror.start({ prompt: 'none', id_token_hint: unsigned })).url);
    expect(back.url.searchParams.get('error')).toBe('invalid_request');
  });
});
