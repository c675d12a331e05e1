import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { FapiClient, newKeys } from '../../support/clients/fapi-client.ts';
import type { Browser } from '../../support/http/browser.ts';
import { type RunningMire, startMire } from '../../support/mire.ts';

const now = () => Math.floor(Date.now() / 1000);

/** Local twins of fapi2-security-profile-final-*, those about codes and keys. */
describe('FAPI 2.0 Security Profile: codes and proofs of possession', () => {
  let mire: RunningMire;
  let one: FapiClient;
  let two: FapiClient;
  let browser: Browser;
  beforeAll(async () => {
    mire = await startMire();
    one = await FapiClient.create(mire, 'fapi-1');
    two = await FapiClient.create(mire, 'fapi-2');
    browser = one.newBrowser();
    await one.authorized(browser);
  });
  afterAll(() => mire.close());

  const redeemed = async (more: Record<string, string> = {}) => {
    const { code, verifier } = await one.authorized(browser, more);
    return one.redeem(code, verifier);
  };

  describe('authorization codes', () => {
    test('bound to their client, to PKCE, used once, dead in a minute (§5.3.2.1, 10; RFC 6749 §4.1.2)', async () => {
      const first = await one.authorized(browser);
      expect((await two.redeem(first.code, first.verifier)).json.error).toBe('invalid_grant');
      const second = await one.authorized(browser);
      expect((await one.redeem(second.code, 'x'.repeat(43))).json.error).toBe('invalid_grant');
      const third = await one.authorized(browser);
      const { json } = await one.redeem(third.code, third.verifier);
      expect((await one.redeem(third.code, third.verifier)).json.error).toBe('invalid_grant');
      expect((await one.userinfo(String(json.access_token))).status).toBe(401);
      const late = await one.authorized(browser);
      mire.clock.forwardAll(61 + 15);
      try {
        expect((await one.redeem(late.code, late.verifier)).json.error).toBe('invalid_grant');
      } finally {
        mire.clock.restore();
      }
    });

    test('bound to the key of the push, by dpop_jkt or by a proof (RFC 9449 §10)', async () => {
      const byName = await one.authorized(browser, { dpop_jkt: await one.thumbprint() });
      expect((await one.redeem(byName.code, byName.verifier)).status).toBe(200);
      const byProof = await one.authorized(browser, {}, {});
      const other = await one.proof('/token', { keys: await newKeys() });
      expect((await one.redeem(byProof.code, byProof.verifier, { DPoP: other })).json.error).toMatch(
        /invalid_(?:grant|dpop_proof)/,
      );
      const mismatch = await one.parameters({ dpop_jkt: 'x'.repeat(43) });
      expect((await one.post('/par', mismatch.fields)).json.error).toMatch(/invalid_(?:request|dpop_proof)/);
    });
  });

  describe('proofs of possession (§5.3.2.1, 5; RFC 9449 §4.3)', () => {
    test.each<[string, Parameters<FapiClient['proof']>[1]]>([
      ['of another method', { claims: { htm: 'GET' } }],
      ['for another address', { claims: { htu: 'https://evil.example/token' } }],
      ['without an address', { claims: { htu: undefined } }],
      ['without a name of its own', { claims: { jti: undefined } }],
      ['without a time', { claims: { iat: undefined } }],
      ['that ended', { claims: { exp: now() - 60 } }],
      ['that has not begun', { claims: { nbf: now() + 120 } }],
      ['with a nonce of its own making', { claims: { nonce: 'mine' } }],
      ['of another type', { header: { typ: 'jwt' } }],
      ['with a private key inside', { header: { jwk: 'private' } }],
    ])('one %s is refused', async (_what, options) => {
      const { code, verifier } = await one.authorized(browser);
      const header =
        options?.header?.jwk === 'private' ? { jwk: { ...one.dpop.publicJwk, d: 'AAAA' } } : (options?.header ?? {});
      const answer = await one.redeem(code, verifier, { DPoP: await one.proof('/token', { ...options, header }) });
      expect([answer.status, answer.json.error]).toEqual([
        400,
        expect.stringMatching(/^(?:invalid_dpop_proof|use_dpop_nonce)$/),
      ]);
    });

    test('none, and one used twice', async () => {
      const { code, verifier } = await one.authorized(browser);
      expect((await one.redeem(code, verifier, { DPoP: null })).json.error).toMatch(/invalid_(?:grant|dpop_proof)/);
      const next = await one.authorized(browser);
      const proof = await one.proof('/token');
      expect((await one.redeem(next.code, next.verifier, { DPoP: proof })).status).toBe(200);
      const third = await one.authorized(browser);
      expect((await one.redeem(third.code, third.verifier, { DPoP: proof })).json.error).toMatch(
        /invalid_(?:grant|dpop_proof)/,
      );
    });

    test('10 seconds early or late is taken', async () => {
      for (const iat of [now() - 10, now() + 10]) {
        const { code, verifier } = await one.authorized(browser);
        expect(
          (await one.redeem(code, verifier, { DPoP: await one.proof('/token', { claims: { iat } }) })).status,
        ).toBe(200);
      }
    });

    test('RS256 and HS256 are no algorithms of a proof (§5.4.1)', async () => {
      const { code, verifier } = await one.authorized(browser);
      const keys = await newKeys('RS256');
      const proof = await one.proof('/token', { keys, header: { alg: 'RS256' } });
      expect((await one.redeem(code, verifier, { DPoP: proof })).json.error).toBe('invalid_dpop_proof');
    });

    test('a token without its key, with another key, or as Bearer, opens nothing', async () => {
      const token = String((await redeemed()).json.access_token);
      const other = await newKeys();
      for (const [scheme, proof] of [
        ['Bearer', null],
        ['DPoP', null],
        ['DPoP', await one.proof('/userinfo', { method: 'GET', token, keys: other })],
        ['DPoP', await one.proof('/userinfo', { method: 'GET' })],
        ['DPoP', await one.proof('/userinfo', { method: 'GET', token: `${token}x` })],
        ['DPoP', await one.proof('/token', { method: 'GET', token })],
      ] as const)
        expect((await one.userinfo(token, { scheme, proof })).status).toBeGreaterThanOrEqual(400);
      expect((await one.userinfo(token)).status).toBe(200);
    });
  });
});
