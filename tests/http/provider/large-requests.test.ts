import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { raw } from '../../support/http/raw-request.ts';
import { type RunningMire, startMire } from '../../support/mire.ts';

const REQUEST = {
  client_id: 'ror',
  response_type: 'code',
  scope: 'openid',
  redirect_uri: 'http://localhost:4000/callback',
  code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
  code_challenge_method: 'S256',
};
const long = 'x'.repeat(3000);
const claims = (count: number) =>
  JSON.stringify({ userinfo: Object.fromEntries(Array.from({ length: count }, (_, i) => [`claim_${i}`, null])) });

describe('an authorization request that anybody sends', () => {
  let mire: RunningMire;
  beforeAll(async () => {
    mire = await startMire();
  });
  afterAll(() => mire.close());

  const authorize = (more: Readonly<Record<string, string>>) =>
    raw(mire.issuer, { path: `/authorize?${new URLSearchParams({ ...REQUEST, ...more })}` });
  const kept = () => mire.database.database('oidc_models').count<{ count: string }[]>('* as count');

  test.each([
    ['state', { state: long }],
    ['nonce', { nonce: long }],
    ['login_hint', { login_hint: 'x'.repeat(9000) }],
    ['acr_values', { acr_values: 'eidas1 '.repeat(400) }],
    ['ui_locales', { ui_locales: 'fr '.repeat(1000) }],
    ['claims', { claims: claims(400) }],
    ['a parameter that nobody knows', { unheard_of: long }],
    ['many parameters', Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`p${i}`, 'x']))],
    ['everything', Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`p${i}`, 'x'.repeat(1000)]))],
  ])('leaves nothing behind when it is large: %s', async (_what, more) => {
    const before = await kept();
    const { status, headers } = await authorize(more as Readonly<Record<string, string>>);
    expect(status).toBe(400);
    expect(headers['set-cookie']).toBeUndefined();
    expect(await kept()).toEqual(before);
  });

  test('begins a sign-in when it is as large as applications make them', async () => {
    const { status, headers } = await authorize({
      state: 's'.repeat(1500),
      nonce: 'n'.repeat(100),
      claims: claims(100),
    });
    expect([status, String(headers.location)]).toEqual([303, expect.stringContaining('/interaction/')]);
  });

  test('may be larger when it is pushed, by an application that says who it is', async () => {
    const pushed = await raw(mire.issuer, {
      method: 'POST',
      path: '/par',
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        authorization: `Basic ${Buffer.from('ror:ror-sandbox-secret').toString('base64')}`,
      },
      body: new URLSearchParams({ ...REQUEST, state: long }).toString(),
    });
    expect(pushed.status).toBe(201);
    const { request_uri: uri } = JSON.parse(pushed.body) as { request_uri: string };
    const began = new URLSearchParams({ client_id: 'ror', request_uri: uri });
    expect((await raw(mire.issuer, { path: `/authorize?${began}` })).status).toBe(303);
  });
});
