import { createServer } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createRemoteJWKSet, decodeJwt, jwtVerify, UnsecuredJWT } from 'jose';
import * as client from 'openid-client';
import {
  answered,
  configured,
  newBrowser,
  registerOpenly,
  request,
  SUITE,
  said,
  startConformant,
} from '../../support/clients/suite-clients.ts';
import type { Browser } from '../../support/http/browser.ts';
import type { RunningMire } from '../../support/mire.ts';

const AFTER = `${SUITE}/test/a/mire/post_logout_redirect`;

/** Local twins of the RP-Initiated and Back-Channel Logout plans. */
describe('logout', () => {
  let mire: RunningMire;
  let one: client.Configuration;
  beforeAll(async () => {
    mire = await startConformant();
    one = await configured(mire, await registerOpenly(mire));
  });
  afterAll(() => mire.close());

  const signedIn = async (configuration = one): Promise<{ browser: Browser; idToken: string }> => {
    const browser = newBrowser(mire);
    const back = await answered(browser, request(configuration));
    const checks = { expectedState: 'a-state', expectedNonce: 'a-nonce' };
    const { id_token } = await client.authorizationCodeGrant(configuration, back.url, checks);
    return { browser, idToken: id_token ?? '' };
  };
  const end = (parameters: Record<string, string>) => `${mire.issuer}/logout?${new URLSearchParams(parameters)}`;
  const stillIn = async (browser: Browser) =>
    said(await browser.get(request(one, { prompt: 'none' }))).get('error') !== 'login_required';
  const confirm = (browser: Browser) => browser.submit({ logout: 'yes' }, '/logout/confirm');

  test('rp-initiated-logout-discovery-endpoint-verification, backchannel-… (RP-Initiated Logout §2.1, Back-Channel §2)', () => {
    expect(one.serverMetadata()).toMatchObject({
      end_session_endpoint: `${mire.issuer}/logout`,
      backchannel_logout_supported: true,
      backchannel_logout_session_supported: true,
    });
  });

  test('rp-initiated-logout: back to the exact address with the state, and nobody is signed in (§2, §3)', async () => {
    const { browser, idToken } = await signedIn();
    expect(await stillIn(browser)).toBe(true);
    await browser.get(end({ id_token_hint: idToken, post_logout_redirect_uri: AFTER, state: 'left' }));
    const back = await confirm(browser);
    expect(back.url.href).toBe(`${AFTER}?state=left`);
    expect(await stillIn(browser)).toBe(false);
  });

  test('-no-state: back without one', async () => {
    const { browser, idToken } = await signedIn();
    await browser.get(end({ id_token_hint: idToken, post_logout_redirect_uri: AFTER }));
    expect((await confirm(browser)).url.href).toBe(AFTER);
  });

  test.each<[string, (idToken: string) => Record<string, string>]>([
    ['-no-params', () => ({})],
    ['-only-state', () => ({ state: 'left' })],
    ['-no-post-logout-redirect-uri', (id_token_hint) => ({ id_token_hint, state: 'left' })],
    ['-no-id-token-hint', () => ({ post_logout_redirect_uri: AFTER, state: 'left' })],
  ])('%s: the person is asked, signed out, and stays here (§2, §6)', async (_module, parameters) => {
    const { browser, idToken } = await signedIn();
    const asked = await browser.get(end(parameters(idToken)));
    expect([asked.status, asked.page.querySelector('button[name=logout]') !== null]).toEqual([200, true]);
    const done = await confirm(browser);
    expect([done.url.origin, done.url.pathname, done.status]).toEqual([mire.issuer, '/logout/success', 200]);
    expect(await stillIn(browser)).toBe(false);
  });

  test.each<[string, (idToken: string) => Record<string, string>]>([
    ['-bad-post-logout-redirect-uri', (hint) => ({ id_token_hint: hint, post_logout_redirect_uri: `${AFTER}/bad` })],
    [
      '-query-added-to-post-logout-redirect-uri',
      (hint) => ({ id_token_hint: hint, post_logout_redirect_uri: `${AFTER}?foo=bar` }),
    ],
    [
      '-modified-id-token-hint (alg none)',
      (hint) => ({ id_token_hint: new UnsecuredJWT(decodeJwt(hint)).encode(), post_logout_redirect_uri: AFTER }),
    ],
    [
      '-bad-id-token-hint',
      (hint) => ({ id_token_hint: `${hint.slice(0, -8)}AAAAAAAA`, post_logout_redirect_uri: AFTER }),
    ],
  ])('%s: a page of ours, no redirect, and still signed in (§3, §4)', async (_module, parameters) => {
    const { browser, idToken } = await signedIn();
    const page = await browser.get(end({ ...parameters(idToken), state: 'left' }));
    expect([page.url.origin, page.status, page.page.querySelector('.card-error') !== null]).toEqual([
      mire.issuer,
      400,
      true,
    ]);
    expect(await stillIn(browser)).toBe(true);
  });

  test('backchannel-rp-initiated-logout: told with a token of its own, naming the session (Back-Channel §2.4, §2.5)', async () => {
    const told: string[] = [];
    let wake = () => {};
    const heard = new Promise<void>((resolve) => {
      wake = resolve;
    });
    const server = createServer(async (incoming, response) => {
      let body = '';
      for await (const chunk of incoming) body += String(chunk);
      told.push(body);
      response.writeHead(200).end();
      wake();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    try {
      const { port } = server.address() as { port: number };
      const registered = await registerOpenly(mire, {
        backchannel_logout_uri: `http://127.0.0.1:${port}/backchannel_logout`,
        backchannel_logout_session_required: true,
      });
      const { browser, idToken } = await signedIn(await configured(mire, registered));
      await browser.get(end({ id_token_hint: idToken, post_logout_redirect_uri: AFTER }));
      expect((await confirm(browser)).url.href).toBe(AFTER);
      await heard;
      const logoutToken = new URLSearchParams(told[0]).get('logout_token') ?? '';
      const { payload, protectedHeader } = await jwtVerify(
        logoutToken,
        createRemoteJWKSet(new URL(`${mire.issuer}/jwks`)),
        {
          issuer: mire.issuer,
          audience: registered.client_id,
        },
      );
      const session = decodeJwt(idToken);
      expect([payload.sid, payload.sub, payload.nonce]).toEqual([session.sid, session.sub, undefined]);
      expect(payload.events).toEqual({ 'http://schemas.openid.net/event/backchannel-logout': {} });
      expect([payload.jti, payload.iat, protectedHeader.typ]).toEqual([
        expect.any(String),
        expect.any(Number),
        'logout+jwt',
      ]);
    } finally {
      await new Promise((resolve) => server.close(resolve));
    }
  });
});
