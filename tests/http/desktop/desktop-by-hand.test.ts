import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { CALLBACK } from '../../support/clients/application.ts';
import { askDesktop, goOn } from '../../support/desktop/desktops.ts';
import { Browser } from '../../support/http/browser.ts';
import { type RunningMire, startMire } from '../../support/mire.ts';
import { signInByCode } from '../../support/sign-in/journeys.ts';

const REDIRECT = 'http://127.0.0.1:51234/callback';
const sha256 = (text: string) => createHash('sha256').update(text).digest('base64url');

/** Another application, written from docs/desktop-protocol.md alone: no library of ours, nor of OpenID Connect. */
describe('a desktop application by hand', () => {
  let mire: RunningMire;
  beforeAll(async () => {
    mire = await startMire();
  });
  afterAll(() => mire.close());

  test.each(['ES256', 'EdDSA'])(
    'with a key %s: signs in, opens its session, approves, renews, signs out',
    async (alg) => {
      const found = (await (await fetch(`${mire.issuer}/.well-known/openid-configuration`)).json()) as {
        authorization_endpoint: string;
        token_endpoint: string;
        desktop_endpoint: string;
        desktop_link_scheme: string;
      };
      expect(found.desktop_link_scheme).toBe('monsisra');
      const { privateKey, publicKey } = await generateKeyPair(alg);
      const jwk = await exportJWK(publicKey);
      const proof = (htm: string, htu: string, accessToken?: string) =>
        new SignJWT({ htm, htu, jti: randomUUID(), ...(accessToken ? { ath: sha256(accessToken) } : {}) })
          .setProtectedHeader({ alg, typ: 'dpop+jwt', jwk })
          .setIssuedAt()
          .sign(privateKey);

      const verifier = randomBytes(32).toString('base64url');
      const address = new URL(found.authorization_endpoint);
      address.search = new URLSearchParams({
        client_id: 'monsisra',
        response_type: 'code',
        redirect_uri: REDIRECT,
        scope: 'openid profile desktop',
        state: 'here',
        code_challenge: sha256(verifier),
        code_challenge_method: 'S256',
      }).toString();
      const back = await signInByCode(mire, new Browser(mire.issuer), address);
      expect(back.url.searchParams.get('state')).toBe('here');

      const token = async (fields: Record<string, string>) => {
        const answer = await fetch(found.token_endpoint, {
          method: 'POST',
          headers: { dpop: await proof('POST', found.token_endpoint) },
          body: new URLSearchParams({ client_id: 'monsisra', ...fields }),
        });
        const body = (await answer.json()) as { access_token: string; refresh_token: string; token_type: string };
        expect([answer.status, body.token_type]).toEqual([200, 'DPoP']);
        return body;
      };
      const code = back.url.searchParams.get('code') ?? '';
      const first = await token({
        grant_type: 'authorization_code',
        code,
        redirect_uri: REDIRECT,
        code_verifier: verifier,
      });
      let accessToken = first.access_token;

      const call = async (method: string, path: string, body?: object) => {
        const url = `${found.desktop_endpoint}${path}`;
        const answer = await fetch(url, {
          method,
          headers: {
            authorization: `DPoP ${accessToken}`,
            dpop: await proof(method, url, accessToken),
            ...(body ? { 'content-type': 'application/json' } : {}),
          },
          ...(body ? { body: JSON.stringify(body) } : {}),
        });
        const text = await answer.text();
        return { status: answer.status, ...(text ? (JSON.parse(text) as Record<string, unknown>) : {}) };
      };
      expect(await call('POST', '/session', { device_name: 'Fait main' })).toMatchObject({
        status: 200,
        device: { name: 'Fait main' },
        account: { name: 'Marie Durand' },
        acr: 'eidas2',
      });
      const asked = await askDesktop(mire);
      const request = await call('POST', '/requests', { request: asked.request });
      expect(request).toMatchObject({ status: 200, kind: 'browser', choices: expect.arrayContaining([asked.number]) });
      const id = (request as { id?: string }).id;
      expect(await call('POST', `/requests/${id}/approve`, { number: asked.number })).toEqual({ status: 204 });
      expect((await goOn(asked)).url.href).toContain(CALLBACK);
      expect(await call('POST', `/requests/${id}/approve`, { number: asked.number })).toMatchObject({
        status: 404,
        error: 'desktop-request',
        error_description: expect.any(String),
        support_code: expect.any(String),
      });

      accessToken = (await token({ grant_type: 'refresh_token', refresh_token: first.refresh_token })).access_token;
      expect(await call('GET', '/requests')).toEqual({ status: 200, requests: [] });
      expect(await call('DELETE', '/session')).toEqual({ status: 204 });
      expect(await call('GET', '/session')).toMatchObject({ status: 401, error: 'desktop-token' });
    },
  );
});
