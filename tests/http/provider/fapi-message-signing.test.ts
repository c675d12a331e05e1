import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import { FapiClient, newKeys } from '../../support/clients/fapi-client.ts';
import type { Browser } from '../../support/http/browser.ts';
import { type RunningMire, startMire } from '../../support/mire.ts';
import { signInByPassword } from '../../support/sign-in/journeys.ts';

const now = () => Math.floor(Date.now() / 1000);

/** Local twins of fapi2-message-signing-final-*. */
describe('FAPI 2.0 Message Signing, for a client that signs its requests', () => {
  let mire: RunningMire;
  let signer: FapiClient;
  let browser: Browser;
  beforeAll(async () => {
    mire = await startMire();
    signer = await FapiClient.create(mire, 'signer', {
      require_signed_request_object: true,
      authorization_signed_response_alg: 'ES256',
      introspection_signed_response_alg: 'ES256',
    });
    browser = signer.newBrowser();
  });
  afterAll(() => mire.close());

  const push = async (claims: Record<string, unknown> = {}, options: Parameters<FapiClient['request']>[1] = {}) => {
    const { fields, verifier } = await signer.parameters();
    const request = await signer.request({ ...fields, ...claims }, options);
    return { ...(await signer.post('/par', { request }, { DPoP: null })), verifier };
  };

  test('a signed request, a signed answer, a signed introspection (§5.3.1, §5.4, §5.5)', async () => {
    const pushed = await push({ response_mode: 'jwt', aud: mire.issuer });
    const back = await signInByPassword(browser, signer.address(pushed.json.request_uri));
    const keys = createRemoteJWKSet(new URL(`${mire.issuer}/jwks`));
    const response = back.url.searchParams.get('response') ?? '';
    expect([...back.url.searchParams.keys()]).toEqual(['response']);
    const { payload, protectedHeader } = await jwtVerify(response, keys, { issuer: mire.issuer, audience: signer.id });
    expect([protectedHeader.alg, typeof payload.exp]).toEqual(['ES256', 'number']);
    const { json } = await signer.redeem(String(payload.code), pushed.verifier);
    const answer = await fetch(`${mire.issuer}/introspect`, {
      method: 'POST',
      headers: { accept: 'application/token-introspection+jwt' },
      body: new URLSearchParams({
        token: String(json.access_token),
        client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
        client_assertion: await signer.assertion(),
      }),
    });
    expect(answer.headers.get('content-type')).toContain('application/token-introspection+jwt');
    const seen = await jwtVerify(await answer.text(), keys, { issuer: mire.issuer, typ: 'token-introspection+jwt' });
    expect(seen.payload.token_introspection).toMatchObject({ active: true, client_id: signer.id });
  });

  test.each<[string, Record<string, unknown>]>([
    ['for several, of which we are one', { aud: ['https://other.example', 'issuer'] }],
    ['that begins in 8 seconds', { nbf: now() + 8 }],
  ])('a request %s is taken (§5.3.1)', async (_what, change) => {
    const aud = Array.isArray(change.aud) ? [change.aud[0], mire.issuer] : mire.issuer;
    expect((await push({ ...change, aud })).status).toBe(201);
  });

  test.each<[string, Record<string, unknown>]>([
    ['without an end', { exp: undefined }],
    ['that ended', { nbf: now() - 120, exp: now() - 60 }],
    ['that lasts for more than an hour', { exp: now() + 70 * 60 }],
    ['without a beginning', { nbf: undefined }],
    ['that began more than an hour ago', { nbf: now() - 70 * 60 }],
    ['that begins in two minutes', { nbf: now() + 120, exp: now() + 300 }],
    ['for somebody else', { aud: 'https://evil.example' }],
    ['for nobody', { aud: undefined }],
    ['of another client', { client_id: 'ror' }],
    ['of another issuer', { iss: 'ror' }],
    ['that holds a request (RFC 9101 §4)', { request: 'x' }],
    ['that holds a request_uri (RFC 9101 §4)', { request_uri: 'https://evil.example/' }],
    ['without a redirect_uri', { redirect_uri: undefined }],
  ])('a request %s is refused (§5.3.1)', async (_what, change) => {
    const { status, json } = await push(change);
    expect([status, json.error]).toEqual([400, expect.stringMatching(/^invalid_request(?:_object)?$/)]);
  });

  test('unsigned, signed with RS256, with another key, or with a broken signature: refused', async () => {
    const { fields } = await signer.parameters();
    const refused = async (sent: Record<string, string>) =>
      (await signer.post('/par', sent, { DPoP: null })).json.error;
    expect(await refused(fields)).toBe('invalid_request');
    const good = await signer.request(fields);
    const [, payload] = good.split('.');
    const none = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${payload}.`;
    expect(await refused({ request: none })).toBe('invalid_request_object');
    expect(await refused({ request: `${good.slice(0, -6)}AAAAAA` })).toBe('invalid_request_object');
    const other = { ...(await newKeys()), publicJwk: signer.keys.publicJwk };
    expect(await refused({ request: await signer.request(fields, { keys: other }) })).toBe('invalid_request_object');
    const rsa = await newKeys('RS256');
    expect(await refused({ request: await signer.request(fields, { keys: rsa, alg: 'RS256' }) })).toBe(
      'invalid_request_object',
    );
  });

  test('what stands beside a signed request counts for nothing (RFC 9101 §6.3)', async () => {
    const { fields, verifier } = await signer.parameters();
    const request = await signer.request(fields);
    const pushed = await signer.post(
      '/par',
      { request, scope: 'openid email', state: 'outside', nonce: 'outside', redirect_uri: 'https://evil.example/' },
      { DPoP: null },
    );
    const back = await browser.get(signer.address(pushed.json.request_uri));
    expect(back.url.searchParams.get('state')).toBe(fields.state);
    const { json } = await signer.redeem(back.url.searchParams.get('code') ?? '', verifier);
    expect(json.scope).toBe('openid');
  });
});
