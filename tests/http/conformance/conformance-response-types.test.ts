import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import * as client from 'openid-client';
import {
  answered,
  CALLBACK,
  configured,
  newBrowser,
  type Parameters,
  type Registered,
  registerOpenly,
  request,
  said,
  startConformant,
} from '../../support/clients/suite-clients.ts';
import type { Browser } from '../../support/http/browser.ts';
import { type RunningMire, startMire } from '../../support/mire.ts';

const TYPES = ['id_token', 'id_token token', 'code id_token', 'code token', 'code id_token token'] as const;
/** Core §3.2.2.9, §3.3.2.11: half of the hash, in base64url. */
const half = (value: string) => createHash('sha256').update(value).digest().subarray(0, 16).toString('base64url');

/** Local twins of the Implicit, Hybrid and Form Post plans, whose response types exist in this profile alone. */
describe('Implicit, Hybrid and Form Post OP', () => {
  let mire: RunningMire;
  let registered: Registered;
  let one: client.Configuration;
  let browser: Browser;
  beforeAll(async () => {
    mire = await startConformant();
    registered = await registerOpenly(mire, {
      grant_types: ['authorization_code', 'implicit', 'refresh_token'],
      response_types: ['code', ...TYPES],
    });
    one = await configured(mire, registered);
    browser = newBrowser(mire);
    await answered(browser, request(one));
  });
  afterAll(() => mire.close());

  const verified = async (idToken: string) =>
    (
      await jwtVerify(idToken, createRemoteJWKSet(new URL(`${mire.issuer}/jwks`)), {
        issuer: mire.issuer,
        audience: registered.client_id,
      })
    ).payload;
  const userinfo = async (token: string) =>
    (await fetch(`${mire.issuer}/userinfo`, { headers: { authorization: `Bearer ${token}` } })).status;

  test.each(TYPES)(
    '%s: what was asked for, in the fragment, each bound to the ID token (Core §3.2.2.5, §3.3.2.5)',
    async (type) => {
      const back = await answered(browser, request(one, { response_type: type }));
      const parameters = new URLSearchParams(back.url.hash.slice(1));
      expect([back.url.origin + back.url.pathname, back.url.search]).toEqual([CALLBACK, '']);
      const words = type.split(' ');
      // An ID token names its issuer by itself (RFC 9207 §2).
      const iss = words.includes('id_token') ? null : mire.issuer;
      expect([parameters.get('state'), parameters.get('iss')]).toEqual(['a-state', iss]);
      expect([parameters.has('code'), parameters.has('id_token'), parameters.has('access_token')]).toEqual(
        ['code', 'id_token', 'token'].map((word) => words.includes(word)),
      );
      const code = parameters.get('code');
      const accessToken = parameters.get('access_token');
      if (words.includes('id_token')) {
        const payload = await verified(parameters.get('id_token') ?? '');
        expect(payload.nonce).toBe('a-nonce');
        expect(payload.at_hash).toBe(accessToken ? half(accessToken) : undefined);
        expect(payload.c_hash).toBe(code ? half(code) : undefined);
      }
      if (accessToken) {
        expect(parameters.get('token_type')).toBe('Bearer');
        expect(await userinfo(accessToken)).toBe(200);
      }
      if (code) {
        const tokens = await client.authorizationCodeGrant(
          one,
          new URL(`${CALLBACK}?code=${code}&state=a-state&iss=${mire.issuer}`),
          {
            expectedState: 'a-state',
            expectedNonce: 'a-nonce',
          },
        );
        expect((await verified(tokens.id_token ?? '')).sub).toBeTruthy();
        await expect(
          client.authorizationCodeGrant(one, new URL(`${CALLBACK}?code=${code}&state=a-state&iss=${mire.issuer}`), {
            expectedState: 'a-state',
            expectedNonce: 'a-nonce',
          }),
        ).rejects.toMatchObject({ error: 'invalid_grant' });
      }
    },
  );

  test.each(TYPES.filter((type) => type.includes('id_token')))(
    '%s: ensure-request-without-nonce-fails (Core §3.2.2.1, §3.3.2.11)',
    async (type) => {
      const back = await answered(browser, request(one, { response_type: type, nonce: '' }));
      expect([said(back).get('error'), said(back).get('id_token'), said(back).get('state')]).toEqual([
        'invalid_request',
        null,
        'a-state',
      ]);
    },
  );

  test('code token: a nonce is not required, and comes back in the ID token of the token endpoint (Core §3.3.3.6)', async () => {
    const back = await answered(browser, request(one, { response_type: 'code token', nonce: '' }));
    expect(said(back).get('code')).toBeTruthy();
  });

  test('id_token alone carries the claims that userinfo would give (Core §5.4)', async () => {
    const back = await answered(browser, request(one, { response_type: 'id_token', scope: 'openid email' }));
    expect(await verified(said(back).get('id_token') ?? '')).toMatchObject({ email: expect.stringContaining('@') });
  });

  test.each<[string, Parameters]>([
    ['prompt-none-not-logged-in', { prompt: 'none' }],
    ['an id_token in the query', { response_mode: 'query' }],
  ])(
    '%s: the error comes where the answer would have, never a token in the query (Multiple Response Types §3, §5)',
    async (_, more) => {
      const back = await newBrowser(mire).get(request(one, { response_type: 'id_token token', ...more }));
      expect(back.url.searchParams.get('id_token') ?? back.url.searchParams.get('access_token')).toBeNull();
      expect(said(back).get('error')).toEqual(expect.stringMatching(/^(?:login_required|invalid_request)$/));
    },
  );

  test.each(['code', ...TYPES])(
    'form_post with %s: a form, posted with the same (Form Post Response Mode §2)',
    async (type) => {
      const answer = await browser.fetch(request(one, { response_type: type, response_mode: 'form_post' }));
      const html = await answer.text();
      expect([answer.status, answer.headers.get('cache-control')]).toEqual([200, expect.stringContaining('no-store')]);
      expect(html).toContain(`action="${CALLBACK}"`);
      const fields = Object.fromEntries(
        [...html.matchAll(/name="([^"]+)" value="([^"]*)"/g)].map(([, name, value]) => [name, value]),
      );
      expect([fields.state, 'code' in fields, 'id_token' in fields, 'access_token' in fields]).toEqual([
        'a-state',
        ...['code', 'id_token', 'token'].map((word) => type.split(' ').includes(word)),
      ]);
    },
  );

  test('a client gets the response types that it registered, and no other (Registration §2)', async () => {
    const code = await configured(mire, await registerOpenly(mire));
    const back = await browser.get(request(code, { response_type: 'id_token token' }));
    expect([said(back).get('error'), said(back).get('access_token')]).toEqual([
      expect.stringMatching(/^(?:unauthorized_client|invalid_request)$/),
      null,
    ]);
  });

  test('outside this profile none of them exists, at discovery, at registration or at a request', async () => {
    const house = await startMire();
    try {
      const found = await client.discovery(new URL(house.issuer), 'ror', undefined, client.None(), {
        execute: [client.allowInsecureRequests],
      });
      expect(found.serverMetadata().response_types_supported).toEqual(['code']);
      for (const type of TYPES) {
        const url = request(found, { response_type: type, redirect_uri: 'http://localhost:4000/callback' });
        const back = await newBrowser(house).get(url);
        expect([type, said(back).get('error')]).toEqual([type, 'unsupported_response_type']);
      }
      expect((await registerOpenly(house)).status).toBeGreaterThanOrEqual(400);
    } finally {
      await house.close();
    }
  });
});
