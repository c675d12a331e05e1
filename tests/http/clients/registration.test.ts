import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { parallel } from '../../support/accounts/sample-accounts.ts';
import { Application } from '../../support/clients/application.ts';
import { type Registered, register, registrationToken } from '../../support/clients/registration.ts';
import { Browser } from '../../support/http/browser.ts';
import { raw } from '../../support/http/raw-request.ts';
import { type RunningMire, startMire } from '../../support/mire.ts';
import { auditOf } from '../../support/sign-in/steps.ts';

describe('dynamic registration', () => {
  let mire: RunningMire;
  let token: string;
  beforeAll(async () => {
    mire = await startMire();
    token = await registrationToken(mire.issuer);
  });
  afterAll(() => mire.close());

  test('without its token, or with a wrong one, it is 401', async () => {
    for (const headers of [
      {},
      { authorization: 'Bearer wrong' },
      { authorization: 'Bearer' },
      { authorization: 'Basic x' },
    ]) {
      const { status, body } = await raw(mire.issuer, {
        method: 'POST',
        path: '/register',
        headers: { 'content-type': 'application/json', ...headers },
        body: '{"redirect_uris":["https://a.example/"]}',
      });
      expect([headers, [400, 401].includes(status)]).toEqual([headers, true]);
      expect(JSON.parse(body)).toHaveProperty('error');
    }
  });

  test('what only an administrator may say is left out or refused', async () => {
    const registered = await register(mire.issuer, token, { first_party: true, pkce_required: false });
    expect(registered).toMatchObject({ status: 201, minimum_acr: 'eidas2' });
    expect(registered.first_party).toBeUndefined();
    const application = await Application.discover(mire.issuer, registered.client_id, registered.client_secret);
    const url = (await application.start()).url;
    url.searchParams.delete('code_challenge');
    url.searchParams.delete('code_challenge_method');
    expect((await new Browser(mire.issuer).get(url)).url.searchParams.get('error')).toBe('invalid_request');
    for (const metadata of [
      { minimum_acr: 'eidas1' },
      { minimum_acr: 'eidas9' },
      { minimum_acr: ['eidas1'] },
      { minimum_acr: null },
      { allowed_modes: ['none'] },
      { allowed_modes: [] },
      { allowed_modes: 'login-mdp' },
    ]) {
      const refused = await register(mire.issuer, token, metadata);
      const stays = refused.status === 201 ? refused.minimum_acr : refused.error;
      expect([metadata, ['invalid_client_metadata', 'eidas2'].includes(String(stays))]).toEqual([metadata, true]);
    }
    expect(await register(mire.issuer, token, { minimum_acr: 'eidas3' })).toMatchObject({
      status: 201,
      minimum_acr: 'eidas3',
    });
  });

  test.each([
    'https://*.example.org/callback',
    'https://app.example.org/*',
    'https://app.example.org/callback#x',
    'http://app.example.org/callback',
    'javascript:alert(1)',
    'data:text/html,x',
    'vbscript:x',
    'file:///etc/passwd',
    'fr.example.app:/callback',
    '//evil.example',
    '/callback',
    '',
    'https://',
    'http://localhost.evil.example/callback',
    'http://127.0.0.1.evil.example/',
  ])('the redirect URI %s is refused', async (uri) => {
    const refused = await register(mire.issuer, token, { redirect_uris: [uri] });
    expect(refused).toMatchObject({
      status: 400,
      error: expect.stringMatching(/^invalid_(redirect_uri|client_metadata)$/),
    });
    const native = await register(mire.issuer, token, { application_type: 'native', redirect_uris: [uri] });
    if (uri !== 'fr.example.app:/callback') expect(native.status).toBe(400);
  });

  test.each([
    ['post_logout_redirect_uris', ['javascript:alert(1)']],
    ['post_logout_redirect_uris', ['https://*.example.org/']],
    ['client_uri', 'javascript:alert(1)'],
    ['logo_uri', 'data:text/html,x'],
    ['response_types', ['token']],
    ['grant_types', ['implicit']],
    ['token_endpoint_auth_method', 'nothing'],
    ['id_token_signed_response_alg', 'none'],
    ['id_token_signed_response_alg', 'HS256'],
    ['scope', 'openid everything'],
    ['redirect_uris', 'https://app.example.org/callback'],
    ['redirect_uris', [42]],
    ['jwks', { keys: [{ kty: 'oct', k: 'c2VjcmV0' }] }],
    ['client_name', 42],
  ])('%s = %j is refused', async (name, value) => {
    expect(await register(mire.issuer, token, { [name]: value })).toMatchObject({
      status: 400,
      error: expect.stringMatching(/^invalid_/),
    });
  });

  test.each([
    ['no JSON', '{'],
    ['a JSON list', '[]'],
    ['a JSON null', 'null'],
    ['a NUL', '{"client_name":"a\\u0000b","redirect_uris":["https://app.example.org/"]}'],
    ['a lone surrogate', '{"client_name":"\\ud800","redirect_uris":["https://app.example.org/"]}'],
    [
      'an own prototype',
      '{"__proto__":{"first_party":true},"constructor":{"prototype":{"x":1}},"redirect_uris":["https://app.example.org/callback"]}',
    ],
    ['200 kB', JSON.stringify({ client_name: 'x'.repeat(200_000), redirect_uris: ['https://app.example.org/'] })],
    [
      'ten thousand addresses',
      JSON.stringify({ redirect_uris: Array.from({ length: 10_000 }, (_, i) => `https://app.example.org/${i}`) }),
    ],
  ])('%s is no failure of ours', async (_what, body) => {
    const answer = await raw(mire.issuer, {
      method: 'POST',
      path: '/register',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body,
    });
    expect(answer.status).toBeLessThan(500);
    expect(({} as { first_party?: unknown }).first_party).toBeUndefined();
    if (answer.status === 201) expect((JSON.parse(answer.body) as Registered).first_party).toBeUndefined();
  });

  test('a client reads, changes and deletes itself alone, and its token turns at each change', async () => {
    const one = await register(mire.issuer, token);
    const other = await register(mire.issuer, token);
    const manage = async (of: Registered, method: string, bearer: string, body?: unknown) => {
      const { status, body: text } = await raw(mire.issuer, {
        method,
        path: new URL(of.registration_client_uri).pathname,
        headers: { authorization: `Bearer ${bearer}`, ...(body ? { 'content-type': 'application/json' } : {}) },
        ...(body ? { body: JSON.stringify(body) } : {}),
      });
      return { ...(JSON.parse(text || '{}') as Partial<Registered>), status };
    };
    expect(await manage(one, 'GET', one.registration_access_token)).toMatchObject({
      status: 200,
      client_id: one.client_id,
    });

    const { client_id, client_secret, redirect_uris } = one;
    const change = { client_id, client_secret, redirect_uris, client_name: 'Nouveau nom' };
    const changed = await manage(one, 'PUT', one.registration_access_token, change);
    expect(changed).toMatchObject({ status: 200, client_name: 'Nouveau nom' });
    expect((await manage(one, 'GET', one.registration_access_token)).status).toBe(401);
    const turned = changed.registration_access_token ?? '';
    expect((await manage(one, 'PUT', turned, { ...change, minimum_acr: 'eidas1' })).status).toBe(400);
    expect((await manage(one, 'PUT', turned, { ...change, redirect_uris: ['https://*.example.org/'] })).status).toBe(
      400,
    );
    expect((await manage(one, 'PUT', turned, { ...change, first_party: true })).first_party).toBeUndefined();

    expect((await manage(other, 'DELETE', 'wrong')).status).toBe(401);
    expect((await manage(other, 'DELETE', other.registration_access_token)).status).toBe(204);
    expect((await manage(other, 'GET', other.registration_access_token)).status).toBe(401);
    const events = await Promise.all(
      ['client.registered', 'client.updated', 'client.deleted'].map(
        async (event) => (await auditOf(mire, event)).length > 0,
      ),
    );
    expect(events).toEqual([true, true, true]);
  });

  test("the platform's own clients are not managed from outside, nor by the token of another", async () => {
    const { registration_access_token: bearer } = await register(mire.issuer, token);
    for (const method of ['GET', 'PUT', 'DELETE']) {
      const answer = await raw(mire.issuer, {
        method,
        path: '/register/ror',
        headers: { authorization: `Bearer ${bearer}`, 'content-type': 'application/json' },
        ...(method === 'PUT' ? { body: '{}' } : {}),
      });
      expect([401, 403]).toContain(answer.status);
      expect(answer.body).not.toContain('ror-sandbox-secret');
    }
    expect((await fetch(`${mire.issuer}/.well-known/openid-configuration`)).status).toBe(200);
  });

  test('one initial token registers a hundred applications, also when they come at once, and no more', async () => {
    const fresh = await registrationToken(mire.issuer);
    const answers = await parallel(8, async () => {
      const statuses: number[] = [];
      for (let i = 0; i < 13; i++) statuses.push((await register(mire.issuer, fresh)).status);
      return statuses;
    });
    const statuses = answers.flat();
    expect(statuses.filter((status) => status === 201)).toHaveLength(100);
    expect(statuses.filter((status) => status === 401)).toHaveLength(4);
    expect((await register(mire.issuer, await registrationToken(mire.issuer))).status).toBe(201);
  });
});
