import { createServer, type Server } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { decodeJwt, decodeProtectedHeader, SignJWT, UnsecuredJWT } from 'jose';
import * as client from 'openid-client';
import { Application, CALLBACK } from '../../support/clients/application.ts';
import { FapiClient, newKeys, storeClient } from '../../support/clients/fapi-client.ts';
import { register, registrationToken } from '../../support/clients/registration.ts';
import { Browser } from '../../support/http/browser.ts';
import { FORM, raw } from '../../support/http/raw-request.ts';
import { type RunningMire, startMire } from '../../support/mire.ts';
import { signedIn } from '../../support/sign-in/steps.ts';

const ROR = { authorization: `Basic ${Buffer.from('ror:ror-sandbox-secret').toString('base64')}` };

/** The attacks of RFC 9700 (OAuth 2.0 Security Best Current Practice) and of OIDC deployments, each refused. */
describe('attacks on the protocol', () => {
  let mire: RunningMire;
  let ror: Application;
  let browser: Browser;
  let idToken: string;
  /** Stands where an attacker would like us to call. */
  let inside: Server;
  let called: string[] = [];
  beforeAll(async () => {
    mire = await startMire();
    const signed = await signedIn(mire);
    browser = signed.browser;
    idToken = signed.tokens.id_token ?? '';
    ror = signed.application;
    inside = createServer((request, response) => {
      called.push(request.url ?? '');
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
    });
    await new Promise<void>((resolve) => inside.listen(0, '127.0.0.1', resolve));
  });
  afterAll(async () => {
    await new Promise((resolve) => inside.close(resolve));
    await mire.close();
  });

  const insideAt = (path: string) => `http://127.0.0.1:${(inside.address() as { port: number }).port}${path}`;

  describe('PKCE downgrade (RFC 9700 §2.1.1, §4.8)', () => {
    test('a request without a challenge is refused, whatever the method says', async () => {
      for (const [challenge, method] of [
        [undefined, undefined],
        [undefined, 'S256'],
        ['', 'S256'],
        ['a'.repeat(43), undefined],
        ['a'.repeat(43), 'plain'],
        ['a'.repeat(43), 's256'],
        ['a'.repeat(42), 'S256'],
        ['a'.repeat(129), 'S256'],
        [`${'a'.repeat(42)}=`, 'S256'],
      ] as const) {
        const { url } = await ror.start();
        for (const [name, value] of [
          ['code_challenge', challenge],
          ['code_challenge_method', method],
        ] as const)
          if (value === undefined) url.searchParams.delete(name);
          else url.searchParams.set(name, value);
        const back = await browser.get(url);
        expect([challenge, method, back.url.searchParams.get('error'), back.url.searchParams.get('code')]).toEqual([
          challenge,
          method,
          'invalid_request',
          null,
        ]);
      }
    });

    test('a client that need not send one, and did not, cannot be given one afterwards, nor lose the one it sent', async () => {
      await storeClient(mire, {
        client_id: 'lax',
        client_secret: 'lax-sandbox-secret',
        redirect_uris: [CALLBACK],
        first_party: true,
        minimum_acr: 'eidas1',
        pkce_required: false,
      });
      const lax = await Application.discover(mire.issuer, 'lax');
      const code = async (challenged: boolean) => {
        const started = await lax.start();
        if (!challenged)
          for (const name of ['code_challenge', 'code_challenge_method']) started.url.searchParams.delete(name);
        return { started, url: (await browser.get(started.url)).url };
      };
      const redeem = ({ started, url }: Awaited<ReturnType<typeof code>>, verifier?: string) =>
        client.authorizationCodeGrant(lax.configuration, url, {
          expectedState: started.state,
          expectedNonce: started.nonce,
          ...(verifier === undefined ? {} : { pkceCodeVerifier: verifier }),
        });
      await expect(redeem(await code(false), 'v'.repeat(43))).rejects.toMatchObject({ error: 'invalid_grant' });
      await expect(redeem(await code(true))).rejects.toMatchObject({ error: 'invalid_grant' });
      expect((await redeem(await code(false))).access_token).toBeTruthy();
    });
  });

  describe('requests forged from inside (SSRF; Core §6.2, RFC 9101 §10.4)', () => {
    test('request_uri is never fetched, at any door', async () => {
      called = [];
      const address = insideAt('/request');
      const { url } = await ror.start({ request_uri: address });
      expect((await browser.get(url)).url.searchParams.get('error')).toBe('request_uri_not_supported');
      for (const path of ['/par', '/device/authorization', '/backchannel-authentication'])
        await raw(mire.issuer, {
          method: 'POST',
          path,
          headers: { ...FORM, ...ROR },
          body: `client_id=ror&scope=openid&login_hint=mdurand&request_uri=${encodeURIComponent(address)}`,
        });
      expect(called).toEqual([]);
    });

    test('logo_uri, policy_uri, tos_uri, client_uri, initiate_login_uri are never fetched, nor the logo shown', async () => {
      called = [];
      const registered = await register(mire.issuer, await registrationToken(mire.issuer), {
        logo_uri: insideAt('/logo'),
        policy_uri: insideAt('/policy'),
        tos_uri: insideAt('/terms'),
        client_uri: insideAt('/home'),
      });
      expect(registered.status).toBe(201);
      const application = await Application.discover(mire.issuer, registered.client_id, registered.client_secret);
      const page = await new Browser(mire.issuer).get((await application.start()).url);
      expect(page.status).toBe(200);
      expect(page.body).not.toContain(insideAt('/logo'));
      expect(called).toEqual([]);
    });

    test('request objects name no key to be fetched: jku and x5u are ignored, jwk too (RFC 8725 §3.10)', async () => {
      called = [];
      const one = await FapiClient.create(mire, 'jku');
      const stranger = await newKeys();
      const { fields } = await one.parameters();
      const header = { alg: 'ES256', jku: insideAt('/jwks'), x5u: insideAt('/x5u'), jwk: stranger.publicJwk };
      const request = await new SignJWT({
        ...fields,
        iss: one.id,
        client_id: one.id,
        aud: mire.issuer,
        nbf: Math.floor(Date.now() / 1000),
      })
        .setProtectedHeader(header as never)
        .setExpirationTime('1m')
        .sign(stranger.privateKey);
      const { json } = await one.post('/par', { request }, { DPoP: null });
      expect([json.error, called]).toEqual(['invalid_request_object', []]);
    });
  });

  describe('alg=none and key confusion on what comes back to us (RFC 8725 §2.1, §3.2)', () => {
    test('an ID token as a hint: unsigned, signed with our public key, or by somebody else', async () => {
      const { keys } = (await (await fetch(`${mire.issuer}/jwks`)).json()) as { keys: { kid: string; n?: string }[] };
      const { kid = '' } = decodeProtectedHeader(idToken);
      const claims = decodeJwt(idToken);
      const key = keys.find((one) => one.kid === kid);
      const stranger = await newKeys('RS256');
      const forged = [
        new UnsecuredJWT(claims).encode(),
        await new SignJWT(claims).setProtectedHeader({ alg: 'HS256', kid }).sign(Buffer.from(JSON.stringify(key))),
        await new SignJWT(claims)
          .setProtectedHeader({ alg: 'HS256', kid })
          .sign(Buffer.from(key?.n ?? '', 'base64url')),
        await new SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid }).sign(stranger.privateKey),
        await new SignJWT({ ...claims, aud: 'portail' }).setProtectedHeader({ alg: 'RS256' }).sign(stranger.privateKey),
      ];
      for (const id_token_hint of forged) {
        const back = await browser.get((await ror.start({ prompt: 'none', id_token_hint })).url);
        expect([back.url.searchParams.get('code'), back.url.searchParams.get('error')]).toEqual([
          null,
          'invalid_request',
        ]);
        const left = await browser.get(
          `${mire.issuer}/logout?${new URLSearchParams({ id_token_hint, post_logout_redirect_uri: 'http://localhost:4000/' })}`,
        );
        expect([left.url.origin, left.status]).toEqual([mire.issuer, 400]);
      }
      expect(
        (await browser.get((await ror.start({ prompt: 'none', id_token_hint: idToken })).url)).url.searchParams.has(
          'code',
        ),
      ).toBe(true);
    });

    test('nothing that is signed with nothing can be registered (Registration §2)', async () => {
      const token = await registrationToken(mire.issuer);
      for (const name of [
        'id_token_signed_response_alg',
        'userinfo_signed_response_alg',
        'request_object_signing_alg',
        'authorization_signed_response_alg',
        'introspection_signed_response_alg',
        'token_endpoint_auth_signing_alg',
      ])
        expect([name, (await register(mire.issuer, token, { [name]: 'none' })).status]).toEqual([name, 400]);
    });
  });

  describe('parameters that stand twice (RFC 6749 §3.1, §3.2)', () => {
    test.each([
      ['/token', 'grant_type=refresh_token&refresh_token=x', ['grant_type', 'refresh_token', 'scope', 'client_id']],
      [
        '/par',
        'client_id=ror&response_type=code',
        ['client_id', 'response_type', 'redirect_uri', 'scope', 'state', 'code_challenge'],
      ],
      ['/introspect', 'token=x', ['token', 'token_type_hint']],
      ['/revoke', 'token=x', ['token', 'token_type_hint']],
    ] as const)('%s', async (path, body, names) => {
      for (const name of names) {
        const answer = await raw(mire.issuer, {
          method: 'POST',
          path,
          headers: { ...FORM, ...ROR },
          body: `${body}&${name}=one&${name}=two`,
        });
        expect([name, answer.status, (JSON.parse(answer.body) as { error: string }).error]).toEqual([
          name,
          400,
          'invalid_request',
        ]);
      }
    });
  });

  describe('addresses that are registered (RFC 9700 §4.1, OIDC Registration §2)', () => {
    test.each([
      'javascript:alert(1)',
      'JaVaScRiPt:alert(1)',
      'data:text/html,x',
      'vbscript:x',
      'blob:https://app.example.org/x',
      'https://*.example.org/',
      'https://app.example.org/*',
      'https://app.example.org/#fragment',
      'http://app.example.org/',
      'https://',
    ])('%s is refused, wherever a browser is sent', async (uri) => {
      const token = await registrationToken(mire.issuer);
      for (const metadata of [{ redirect_uris: [uri] }, { post_logout_redirect_uris: [uri] }]) {
        const { status } = await register(mire.issuer, token, metadata);
        expect([metadata, status]).toEqual([metadata, 400]);
      }
    });
  });

  test('a code is for the redirect_uri that it was given to (RFC 6749 §4.1.3), and for its own client (RFC 9700 §4.4)', async () => {
    for (const change of [{ redirect_uri: 'http://localhost:4000/' }, { client: 'portail' }]) {
      const started = await ror.start();
      const { url } = await browser.get(started.url);
      const id = 'client' in change ? change.client : 'ror';
      const answer = await fetch(`${mire.issuer}/token`, {
        method: 'POST',
        headers: { authorization: `Basic ${Buffer.from(`${id}:${id}-sandbox-secret`).toString('base64')}` },
        body: new URLSearchParams({
          grant_type: 'authorization_code',
          code: url.searchParams.get('code') ?? '',
          code_verifier: started.verifier,
          redirect_uri: 'redirect_uri' in change ? (change.redirect_uri ?? '') : CALLBACK,
        }),
      });
      expect([answer.status, ((await answer.json()) as { error: string }).error]).toEqual([400, 'invalid_grant']);
    }
  });

  test('no answer is sent as 307, which would post a password on (RFC 9700 §4.12)', async () => {
    const own = new Browser(mire.issuer);
    const page = await own.get((await ror.start()).url);
    const login = await own.get(`${page.url.pathname.split('/').slice(0, 3).join('/')}/login-mdp`);
    const action = login.page.querySelector('form[method=post]')?.getAttribute('action') ?? '';
    const csrf = login.page.querySelector('[name=_csrf]')?.getAttribute('value') ?? '';
    const answer = await own.fetch(action, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: String(new URLSearchParams({ _csrf: csrf, login: 'mdurand', password: 'Mire-sandbox-2026!' })),
    });
    expect(answer.status).toBe(303);
  });
});
