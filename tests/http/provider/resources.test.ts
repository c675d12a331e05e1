import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import * as oauth from 'oauth4webapi';
import * as client from 'openid-client';
import { demoClients } from '../../../src/sandbox/clients.ts';
import { bedsApi, configurationOf, silently, startMireWith, tokensFor } from '../../support/clients/api-clients.ts';
import { CALLBACK } from '../../support/clients/application.ts';
import { Browser } from '../../support/http/browser.ts';
import type { RunningMire } from '../../support/mire.ts';
import { messages, signInByCode, signInByPassword } from '../../support/sign-in/journeys.ts';

const METADATA = {
  redirect_uris: [CALLBACK],
  grant_types: ['authorization_code', 'refresh_token', 'client_credentials'],
  response_types: ['code'] as ['code'],
  minimum_acr: 'eidas1',
};

describe('access tokens for an API', () => {
  let mire: RunningMire;
  let ror: client.Configuration;
  beforeAll(async () => {
    mire = await startMireWith((issuer) => [
      ...demoClients(issuer),
      {
        ...METADATA,
        client_id: 'tiers',
        client_secret: 'tiers-sandbox-secret',
        allowed_resources: [`${issuer}/sandbox/api/lits`],
      },
      { ...METADATA, client_id: 'sans-api', client_secret: 'sans-api-sandbox-secret', first_party: true },
    ]);
    ror = await configurationOf(mire, 'ror');
  });
  afterAll(() => mire.close());

  const api = () => bedsApi(mire);
  const asked = () => ({ request: { scope: 'openid lits:lire', resource: api() }, atToken: { resource: api() } });
  const call = (accessToken: string, method = 'GET') =>
    fetch(api(), { method, headers: { authorization: `Bearer ${accessToken}` } });

  test('a JWT that the API checks by itself, saying how the person signed in (RFC 9068 §2, §4; RFC 8707 §2)', async () => {
    const tokens = await tokensFor(ror, asked());
    const { protectedHeader, payload } = await jwtVerify(
      tokens.access_token,
      createRemoteJWKSet(new URL(`${mire.issuer}/jwks`)),
      { issuer: mire.issuer, audience: api(), typ: 'at+jwt' },
    );
    expect(protectedHeader).toMatchObject({ alg: 'RS256', kid: expect.stringContaining('rs256') });
    const { sub, auth_time } = tokens.claims() ?? {};
    expect(payload).toMatchObject({
      sub,
      auth_time,
      client_id: 'ror',
      scope: 'lits:lire',
      acr: 'eidas1',
      amr: ['pwd'],
    });
    expect(payload.jti).toBeTruthy();
    expect(Number(payload.exp) - Number(payload.iat)).toBe(5 * 60);
    // Nothing of the grant or the session can be read in it.
    expect(JSON.stringify(payload)).not.toMatch(/grantId|sessionUid|"sid"/);
    const answer = await call(tokens.access_token);
    expect([answer.status, ((await answer.json()) as { asked_by: object }).asked_by]).toEqual([
      200,
      { sub, client_id: 'ror' },
    ]);
  });

  test('without `resource` the token is for userinfo; the one for the API is none there (RFC 8707 §2.2)', async () => {
    const browser = new Browser(mire.issuer);
    const tokens = await tokensFor(ror, { browser, request: asked().request });
    expect(tokens.access_token).not.toContain('.');
    expect(await client.fetchUserInfo(ror, tokens.access_token, tokens.claims()?.sub ?? '')).toBeTruthy();
    expect((await call(tokens.access_token)).status).toBe(401);
    const refreshed = await client.refreshTokenGrant(ror, tokens.refresh_token ?? '', { resource: api() });
    expect((await call(refreshed.access_token)).status).toBe(200);
    await expect(client.fetchUserInfo(ror, refreshed.access_token, tokens.claims()?.sub ?? '')).rejects.toMatchObject({
      status: 401,
    });
  });

  test.each([
    ['that nobody declared', 'https://api.example.org/'],
    ['written with another ending', '/'],
    ['with a fragment', '#x'],
    ['that is no address', 'lits'],
  ])('a resource %s is invalid_target (RFC 8707 §2)', async (_what, written) => {
    const resource = ['/', '#x'].includes(written) ? `${api()}${written}` : written;
    const url = client.buildAuthorizationUrl(ror, {
      redirect_uri: CALLBACK,
      scope: 'openid',
      resource,
      code_challenge: await client.calculatePKCECodeChallenge(client.randomPKCECodeVerifier()),
      code_challenge_method: 'S256',
    });
    const back = await new Browser(mire.issuer).get(url);
    expect([back.url.origin, back.url.searchParams.get('error')]).toEqual([new URL(CALLBACK).origin, 'invalid_target']);
  });

  test('an API that an administrator did not open to this client is invalid_target, at every door', async () => {
    const closed = await configurationOf(mire, 'sans-api');
    await expect(tokensFor(closed, { ...asked(), signIn: silently })).rejects.toMatchObject({
      error: 'invalid_target',
    });
    const tokens = await tokensFor(closed, { request: { scope: 'openid' } });
    await expect(
      client.refreshTokenGrant(closed, tokens.refresh_token ?? '', { resource: api() }),
    ).rejects.toMatchObject({ error: 'invalid_target' });
    await expect(client.clientCredentialsGrant(closed, { resource: api(), scope: 'lits:lire' })).rejects.toMatchObject({
      error: 'invalid_target',
    });
  });

  test('client credentials: for an API that is open to the client, and only what that API knows', async () => {
    const tiers = await configurationOf(mire, 'tiers');
    const tokens = await client.clientCredentialsGrant(tiers, { resource: api(), scope: 'lits:lire email' });
    expect(tokens.scope).toBe('lits:lire');
    const answer = await call(tokens.access_token);
    expect(await answer.json()).toMatchObject({ asked_by: { sub: 'tiers', client_id: 'tiers' } });
  });

  test("somebody else's application asks the person first, in the API's own words, and is remembered", async () => {
    const tiers = await configurationOf(mire, 'tiers');
    const browser = new Browser(mire.issuer);
    const tokens = await tokensFor(tiers, {
      ...asked(),
      browser,
      signIn: async (_, url) => {
        const page = await signInByPassword(browser, url);
        expect(page.page.querySelector('.scopes')?.text).toContain('Consulter les lits disponibles');
        return browser.submit({ decision: 'accept' }, '/consent');
      },
    });
    expect((await call(tokens.access_token)).status).toBe(200);
    const again = await tokensFor(tiers, { ...asked(), signIn: signInByPassword });
    expect((await call(again.access_token)).status).toBe(200);
  });

  test('an operation that needs a second factor leads to it, and then is done (RFC 9470 §3-§5)', async () => {
    const browser = new Browser(mire.issuer);
    const request = { scope: 'openid lits:ecrire', resource: api() };
    const weak = await tokensFor(ror, { browser, request, atToken: { resource: api() } });
    const refused = await call(weak.access_token, 'POST');
    const challenge = refused.headers.get('www-authenticate') ?? '';
    expect([refused.status, challenge]).toEqual([
      401,
      expect.stringContaining('error="insufficient_user_authentication"'),
    ]);
    const acr_values = /acr_values="([^"]+)"/.exec(challenge)?.[1] ?? '';
    expect(acr_values).toBe('eidas2');
    // The password of this session is not asked again: the code completes it.
    const strong = await tokensFor(ror, {
      browser,
      request: { ...request, acr_values },
      atToken: { resource: api() },
      signIn: async (_, url) => {
        await browser.get(url);
        const sent = mire.sandbox.inbox.list().length;
        await browser.submit({ channel: 'mail' });
        const [message] = await messages(mire, sent + 1);
        return browser.submit({ code: message?.code ?? '' });
      },
    });
    expect((await call(strong.access_token, 'POST')).status).toBe(200);
    expect(strong.claims()?.acr).toBe('eidas2');
  });

  test('what the API refuses says why, and where to read how it is called (RFC 6750 §3, RFC 9728 §5.1)', async () => {
    const described = `resource_metadata="${mire.issuer}/.well-known/oauth-protected-resource/sandbox/api/lits"`;
    const bare = await fetch(api());
    expect([bare.status, bare.headers.get('www-authenticate')]).toEqual([401, `Bearer ${described}`]);
    const wrong = await call('nonsense');
    expect(wrong.headers.get('www-authenticate')).toBe(`Bearer error="invalid_token", ${described}`);
    const { access_token } = await tokensFor(ror, asked());
    const writing = await call(access_token, 'POST');
    expect([writing.status, writing.headers.get('www-authenticate')]).toEqual([
      403,
      expect.stringContaining('error="insufficient_scope", scope="lits:ecrire"'),
    ]);
  });

  test.each([
    ['/userinfo', ['openid']],
    ['/desktop', ['desktop']],
    ['/sandbox/api/lits', ['lits:lire', 'lits:ecrire']],
  ])('the metadata of %s lead a client to us (RFC 9728 §3)', async (path, scopes) => {
    const resource = new URL(`${mire.issuer}${path}`);
    const options = { [oauth.allowInsecureRequests]: true };
    const found = await oauth.processResourceDiscoveryResponse(
      resource,
      await oauth.resourceDiscoveryRequest(resource, options),
    );
    expect(found).toMatchObject({ authorization_servers: [mire.issuer], bearer_methods_supported: ['header'] });
    expect(found.scopes_supported).toEqual(scopes);
    const [server = ''] = found.authorization_servers ?? [];
    const metadata = await oauth.processDiscoveryResponse(
      new URL(server),
      await oauth.discoveryRequest(new URL(server), { ...options, algorithm: 'oauth2' }),
    );
    expect(metadata.token_endpoint).toBe(`${mire.issuer}/token`);
    expect((await fetch(`${mire.issuer}/.well-known/oauth-protected-resource/elsewhere`)).status).toBe(404);
  });

  test("the desktop's API says where it is described when it refuses (RFC 9728 §5.1)", async () => {
    const answer = await fetch(`${mire.issuer}/desktop/session`, { headers: { authorization: 'DPoP nonsense' } });
    expect([answer.status, answer.headers.get('www-authenticate')]).toEqual([
      401,
      expect.stringMatching(/^DPoP .*resource_metadata="http.*\/oauth-protected-resource\/desktop"$/),
    ]);
  });

  test('userinfo without a token, or with a wrong one, names its metadata too (RFC 9728 §5.1)', async () => {
    for (const headers of [{}, { authorization: 'Bearer nonsense' }]) {
      const answer = await fetch(`${mire.issuer}/userinfo`, { headers });
      expect([answer.status, answer.headers.get('www-authenticate')]).toEqual([
        401,
        expect.stringMatching(/^(?:DPoP|Bearer) .*resource_metadata="http.*\/oauth-protected-resource\/userinfo"$/),
      ]);
    }
  });

  test('an opaque token says in its introspection how the person signed in (RFC 9470 §6.2)', async () => {
    const tokens = await tokensFor(ror, { request: { scope: 'openid' } });
    expect(await client.tokenIntrospection(ror, tokens.access_token)).toMatchObject({
      active: true,
      acr: 'eidas1',
      auth_time: tokens.claims()?.auth_time,
      client_id: 'ror',
    });
    const strong = await tokensFor(await configurationOf(mire, 'messagerie'), {
      signIn: (browser, url) => signInByCode(mire, browser, url),
    });
    const seen = await client.tokenIntrospection(await configurationOf(mire, 'messagerie'), strong.access_token);
    expect(seen.acr).toBe('eidas2');
  });
});
