import { createServer } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { decodeProtectedHeader, SignJWT } from 'jose';
import * as client from 'openid-client';
import { newKeys } from '../../support/clients/fapi-client.ts';
import {
  answered,
  CALLBACK,
  configured,
  newBrowser,
  type Registered,
  registerOpenly,
  request,
  SUITE,
  said,
  startConformant,
} from '../../support/clients/suite-clients.ts';
import type { Browser } from '../../support/http/browser.ts';
import type { RunningMire } from '../../support/mire.ts';

/** Local twins of the Dynamic and third-party-initiated login plans. */
describe('Dynamic OP', () => {
  let mire: RunningMire;
  let browser: Browser;
  beforeAll(async () => {
    mire = await startConformant();
    browser = newBrowser(mire);
  });
  afterAll(() => mire.close());

  const redeem = async (configuration: client.Configuration, more = {}) => {
    const back = await answered(browser, request(configuration, more));
    return client.authorizationCodeGrant(configuration, back.url, {
      expectedState: 'a-state',
      expectedNonce: 'a-nonce',
    });
  };

  test('idtoken-rs256, userinfo-rs256 (Registration §2)', async () => {
    const one = await configured(mire, await registerOpenly(mire, { userinfo_signed_response_alg: 'RS256' }));
    const tokens = await redeem(one);
    expect(decodeProtectedHeader(tokens.id_token ?? '').alg).toBe('RS256');
    const answer = await fetch(`${mire.issuer}/userinfo`, {
      headers: { authorization: `Bearer ${tokens.access_token}` },
    });
    expect(decodeProtectedHeader(await answer.text()).alg).toBe('RS256');
  });

  test('ensure-redirect-uri-in-authorization-request: a page of ours when it is missing (Core §3.1.2.1)', async () => {
    for (const redirect_uris of [[CALLBACK], [CALLBACK, `${CALLBACK}2`]]) {
      const one = await configured(mire, await registerOpenly(mire, { redirect_uris }));
      const page = await browser.get(request(one, { redirect_uri: '' }));
      expect([page.url.origin, page.status]).toEqual([mire.issuer, 400]);
    }
  });

  test('redirect-uri-query-OK, -query-mismatch, -query-added: compared as they are written (Core §3.1.2.1)', async () => {
    const registered = `${CALLBACK}?foo=bar`;
    const one = await configured(mire, await registerOpenly(mire, { redirect_uris: [registered] }));
    const good = await answered(browser, request(one, { redirect_uri: registered }));
    expect([good.url.searchParams.get('foo'), good.url.searchParams.has('code')]).toEqual(['bar', true]);
    for (const redirect_uri of [`${CALLBACK}?foo=baz`, `${registered}&x=1`, CALLBACK, `${CALLBACK}?bar=foo&foo=bar`]) {
      const page = await browser.get(request(one, { redirect_uri }));
      expect([redirect_uri, page.url.origin, page.status]).toEqual([redirect_uri, mire.issuer, 400]);
    }
  });

  test('redirect-uri-regfrag: no fragment in what is registered (Registration §2)', async () => {
    const refused = await registerOpenly(mire, { redirect_uris: [`${CALLBACK}#fragment`] });
    expect([refused.status, refused.error]).toEqual([
      400,
      expect.stringMatching(/^invalid_(?:redirect_uri|client_metadata)$/),
    ]);
  });

  test('registration-policy-uri, -tos-uri: linked where the person signs in; -logo-uri: kept, never fetched nor shown', async () => {
    const pages = { policy_uri: `${SUITE}/policy`, tos_uri: `${SUITE}/terms`, logo_uri: `${SUITE}/logo.png` };
    const registered = await registerOpenly(mire, pages);
    expect(registered).toMatchObject(pages);
    const page = await newBrowser(mire).get(request(await configured(mire, registered)));
    const links = page.page.querySelectorAll('a').map((link) => link.getAttribute('href'));
    expect(links).toEqual(expect.arrayContaining([pages.policy_uri, pages.tos_uri]));
    expect(page.body).not.toContain('logo.png');
    expect(page.headers.get('content-security-policy')).toContain("img-src 'self'");
    for (const name of Object.keys(pages))
      for (const value of ['javascript:alert(1)', 'data:text/html,x', 'ftp://suite.test/'])
        expect([name, value, (await registerOpenly(mire, { [name]: value })).status]).toEqual([name, value, 400]);
  });

  test('registration-jwks-uri, refresh-token-rp-key-rotation: keys fetched, and again when they turn (Core §10.1.1)', async () => {
    let keys = await newKeys();
    let fetched = 0;
    const server = createServer((_request, response) => {
      fetched += 1;
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ keys: [keys.publicJwk] }));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    try {
      const { port } = server.address() as { port: number };
      const registered = await registerOpenly(mire, {
        token_endpoint_auth_method: 'private_key_jwt',
        jwks_uri: `http://127.0.0.1:${port}/jwks`,
      });
      const asItIs = () =>
        configured(mire, registered, client.PrivateKeyJwt({ key: keys.privateKey, kid: keys.publicJwk.kid ?? '' }));
      const tokens = await redeem(await asItIs(), { scope: 'openid offline_access', prompt: 'consent' });
      expect(fetched).toBe(1);
      keys = await newKeys();
      mire.clock.forwardAll(61);
      try {
        const refreshed = await client.refreshTokenGrant(await asItIs(), tokens.refresh_token ?? '');
        expect([fetched, typeof refreshed.access_token]).toEqual([2, 'string']);
      } finally {
        mire.clock.restore();
      }
    } finally {
      await new Promise((resolve) => server.close(resolve));
    }
  });

  test('ensure-client-assertion-with-iss-aud-succeeds: the issuer, or the token endpoint, as audience (Core §9)', async () => {
    const keys = await newKeys();
    const registered = await registerOpenly(mire, {
      token_endpoint_auth_method: 'private_key_jwt',
      jwks: { keys: [keys.publicJwk] },
    });
    for (const audience of [mire.issuer, `${mire.issuer}/token`]) {
      const back = await answered(browser, request(await configured(mire, registered)));
      const assertion = await new SignJWT()
        .setProtectedHeader({ alg: 'ES256', kid: keys.publicJwk.kid ?? '' })
        .setIssuer(registered.client_id)
        .setSubject(registered.client_id)
        .setAudience(audience)
        .setJti(crypto.randomUUID())
        .setExpirationTime('1m')
        .sign(keys.privateKey);
      const answer = await fetch(`${mire.issuer}/token`, {
        method: 'POST',
        body: new URLSearchParams({
          grant_type: 'authorization_code',
          code: said(back).get('code') ?? '',
          redirect_uri: CALLBACK,
          client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
          client_assertion: assertion,
        }),
      });
      expect([audience, answer.status]).toEqual([audience, 200]);
    }
  });

  test('registration-sector-bad: not https, or not to be fetched (Registration §5)', async () => {
    for (const sector_identifier_uri of ['http://127.0.0.1:9/sector', 'https://127.0.0.1:9/sector']) {
      const refused = await registerOpenly(mire, { subject_type: 'pairwise', sector_identifier_uri });
      expect([refused.status, refused.error]).toEqual([400, 'invalid_client_metadata']);
    }
  });

  test('3rd_party-init-login: the address is kept, given back, read again; not https is refused (Core §4)', async () => {
    const initiate_login_uri = `${SUITE}/test/a/mire/initiate`;
    const registered: Registered = await registerOpenly(mire, { initiate_login_uri });
    expect(registered.initiate_login_uri).toBe(initiate_login_uri);
    const read = await fetch(registered.registration_client_uri, {
      headers: { authorization: `Bearer ${registered.registration_access_token}` },
    });
    expect(await read.json()).toMatchObject({ initiate_login_uri });
    const plain = await registerOpenly(mire, { initiate_login_uri: 'http://suite.test/initiate' });
    expect([plain.status, plain.error]).toEqual([400, 'invalid_client_metadata']);
  });
});
