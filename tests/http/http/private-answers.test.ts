import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  createLocalJWKSet,
  createRemoteJWKSet,
  decodeProtectedHeader,
  exportJWK,
  generateKeyPair,
  jwtVerify,
} from 'jose';
import * as client from 'openid-client';
import { configurationOf, insecure, silently, tokensFor } from '../../support/clients/api-clients.ts';
import { CALLBACK } from '../../support/clients/application.ts';
import { newKeys, storeClient } from '../../support/clients/fapi-client.ts';
import { Browser } from '../../support/http/browser.ts';
import { type RunningMire, startMire } from '../../support/mire.ts';
import { signInByPassword } from '../../support/sign-in/journeys.ts';

const SECRET = 'a-secret-of-thirty-two-characters-or-more';
const first = {
  client_secret: SECRET,
  redirect_uris: [CALLBACK],
  grant_types: ['authorization_code', 'refresh_token'],
  response_types: ['code'],
  first_party: true,
  minimum_acr: 'eidas1',
};

describe('answers for one application alone', () => {
  let mire: RunningMire;
  beforeAll(async () => {
    mire = await startMire();
  });
  afterAll(() => mire.close());

  const stored = async (client_id: string, metadata: Record<string, unknown> = {}) => {
    await storeClient(mire, { ...first, client_id, ...metadata });
    return configurationOf(mire, client_id, client.ClientSecretBasic(SECRET), metadata as never);
  };
  const keys = () => createRemoteJWKSet(new URL(`${mire.issuer}/jwks`));

  test.each(['RSA-OAEP-256', 'ECDH-ES'])(
    'ID token and userinfo signed, then encrypted with %s (OIDC Core §10.2, §5.3.2)',
    async (alg) => {
      const pair = await generateKeyPair(alg, { extractable: true, ...(alg === 'ECDH-ES' ? { crv: 'P-256' } : {}) });
      const jwk = { ...(await exportJWK(pair.publicKey)), alg, use: 'enc', kid: 'enc' };
      const configuration = await stored(`encrypted-${alg.toLowerCase()}`, {
        jwks: { keys: [jwk] },
        id_token_signed_response_alg: 'ES256',
        id_token_encrypted_response_alg: alg,
        id_token_encrypted_response_enc: 'A256GCM',
        userinfo_signed_response_alg: 'EdDSA',
        userinfo_encrypted_response_alg: alg,
        userinfo_encrypted_response_enc: 'A256GCM',
      });
      client.enableDecryptingResponses(configuration, ['A256GCM'], { key: pair.privateKey, kid: 'enc' });
      const tokens = await tokensFor(configuration, { request: { scope: 'openid email' } });
      expect(tokens.id_token?.split('.')).toHaveLength(5);
      expect(decodeProtectedHeader(tokens.id_token ?? '')).toMatchObject({ alg, enc: 'A256GCM', kid: 'enc' });
      expect(tokens.claims()).toMatchObject({ aud: configuration.clientMetadata().client_id, acr: 'eidas1' });
      const userinfo = await client.fetchUserInfo(configuration, tokens.access_token, tokens.claims()?.sub ?? '');
      expect(userinfo.email).toBe('mdurand@hopital.example');
    },
  );

  test('userinfo signed alone (OIDC Core §5.3.2)', async () => {
    const configuration = await stored('signed', { userinfo_signed_response_alg: 'ES256' });
    const tokens = await tokensFor(configuration);
    const answer = await fetch(`${mire.issuer}/userinfo`, {
      headers: { authorization: `Bearer ${tokens.access_token}` },
    });
    expect(answer.headers.get('content-type')).toContain('application/jwt');
    const { payload } = await jwtVerify(await answer.text(), keys(), { issuer: mire.issuer, audience: 'signed' });
    expect(payload.sub).toBe(tokens.claims()?.sub);
  });

  test('an introspection as JWT, for whoever accepts one (RFC 9701 §5)', async () => {
    const configuration = await stored('introspecting', { introspection_signed_response_alg: 'ES256' });
    const tokens = await tokensFor(configuration);
    const authorization = `Basic ${Buffer.from(`introspecting:${SECRET}`).toString('base64')}`;
    const ask = (accept: string) =>
      fetch(`${mire.issuer}/introspect`, {
        method: 'POST',
        headers: { accept, authorization },
        body: new URLSearchParams({ token: tokens.access_token }),
      });
    const { payload, protectedHeader } = await jwtVerify(
      await (await ask('application/token-introspection+jwt')).text(),
      keys(),
      { audience: 'introspecting' },
    );
    expect(protectedHeader).toMatchObject({ typ: 'token-introspection+jwt', alg: 'ES256' });
    expect(payload.token_introspection).toMatchObject({ active: true, scope: 'openid' });
    expect(await (await ask('application/json')).json()).toMatchObject({ active: true });
  });

  test('one person has another name at each sector, the same within one, and at every answer (OIDC Core §8)', async () => {
    const at = (host: string) => ({ subject_type: 'pairwise', redirect_uris: [`https://${host}/callback`] });
    const subjects: string[] = [];
    for (const [id, host] of [
      ['pair-1', 'un.example'],
      ['pair-2', 'deux.example'],
      ['pair-3', 'un.example'],
    ] as const) {
      const configuration = await stored(id, at(host));
      const tokens = await tokensFor(configuration, { request: { redirect_uri: `https://${host}/callback` } });
      const sub = tokens.claims()?.sub ?? '';
      expect((await client.fetchUserInfo(configuration, tokens.access_token, sub)).sub).toBe(sub);
      expect((await client.tokenIntrospection(configuration, tokens.access_token)).sub).toBe(sub);
      const refreshed = await client.refreshTokenGrant(configuration, tokens.refresh_token ?? '');
      expect(refreshed.claims()?.sub).toBe(sub);
      subjects.push(sub);
    }
    const [one, two, three] = subjects;
    expect([one === two, one === three]).toEqual([false, true]);
    const account = await mire.sandbox.parts.storage.accounts.byLoginKey('mdurand');
    expect(subjects).not.toContain(account?.account.id);
  });

  test('the claims parameter: asked one by one, in either answer; what is unknown is left out (OIDC Core §5.5)', async () => {
    const ror = await configurationOf(mire, 'ror');
    const browser = new Browser(mire.issuer);
    const claims = {
      id_token: { email: null, phone_number: { essential: true }, nothing: null },
      userinfo: { given_name: { essential: true }, nothing: { essential: true } },
    };
    const tokens = await tokensFor(ror, { browser, request: { claims: JSON.stringify(claims) } });
    expect(tokens.claims()).toMatchObject({ email: 'mdurand@hopital.example', phone_number: '+33639980001' });
    const userinfo = await client.fetchUserInfo(ror, tokens.access_token, tokens.claims()?.sub ?? '');
    expect(userinfo).toEqual(expect.objectContaining({ given_name: 'Marie' }));
    expect(userinfo).not.toHaveProperty('family_name');
    expect([tokens.claims(), userinfo].some((answer) => 'nothing' in (answer ?? {}))).toBe(false);
    for (const wrong of ['{', '[]', '"x"', '{"id_token":[]}', '{"id_token":{"email":1}}', '{"userinfo":"x"}'])
      await expect(tokensFor(ror, { browser, request: { claims: wrong }, signIn: silently })).rejects.toMatchObject({
        error: expect.stringMatching(/^invalid_request/),
      });
    // For somebody else than who is signed in (§5.5.1): never that one's answer.
    await expect(
      tokensFor(ror, {
        browser,
        request: { prompt: 'none', claims: JSON.stringify({ id_token: { sub: { value: 'somebody-else' } } }) },
        signIn: silently,
      }),
    ).rejects.toMatchObject({ error: 'login_required' });
  });

  test('a request object of openid-client (JAR, RFC 9101), answered by form_post and by a signed answer (JARM)', async () => {
    const signing = await newKeys();
    const configuration = await stored('jar', {
      jwks: { keys: [signing.publicJwk] },
      request_object_signing_alg: 'ES256',
    });
    const verifier = client.randomPKCECodeVerifier();
    const url = await client.buildAuthorizationUrlWithJAR(
      configuration,
      {
        redirect_uri: CALLBACK,
        scope: 'openid',
        response_mode: 'query.jwt',
        state: 'jar-state',
        code_challenge: await client.calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256',
      },
      { key: signing.privateKey, kid: signing.publicJwk.kid ?? '' },
    );
    expect([...url.searchParams.keys()].sort()).toEqual(['client_id', 'request']);
    const back = await signInByPassword(new Browser(mire.issuer), url);
    client.useJwtResponseMode(configuration);
    const tokens = await client.authorizationCodeGrant(configuration, back.url, {
      pkceCodeVerifier: verifier,
      expectedState: 'jar-state',
    });
    expect(tokens.access_token).toBeTruthy();
  });

  test('DPoP with openid-client, through code, refresh and userinfo (RFC 9449)', async () => {
    const configuration = await stored('dpop', { dpop_bound_access_tokens: true });
    const DPoP = client.getDPoPHandle(configuration, await client.randomDPoPKeyPair());
    const tokens = await tokensFor(configuration, { DPoP });
    expect(tokens.token_type).toBe('dpop');
    const sub = tokens.claims()?.sub ?? '';
    expect((await client.fetchUserInfo(configuration, tokens.access_token, sub, { DPoP })).sub).toBe(sub);
    const refreshed = await client.refreshTokenGrant(configuration, tokens.refresh_token ?? '', {}, { DPoP });
    expect(refreshed.token_type).toBe('dpop');
    await expect(client.refreshTokenGrant(configuration, refreshed.refresh_token ?? '')).rejects.toMatchObject({
      error: 'invalid_grant',
    });
    await expect(tokensFor(configuration)).rejects.toMatchObject({ error: 'invalid_grant' });
  });

  test('OAuth and OpenID metadata are the same (RFC 8414 §3, OIDC Discovery §4)', async () => {
    const [oidc, oauth] = await Promise.all(
      (['oidc', 'oauth2'] as const).map((algorithm) =>
        client.discovery(new URL(mire.issuer), 'ror', undefined, client.None(), { ...insecure, algorithm }),
      ),
    );
    expect(oauth?.serverMetadata()).toEqual(oidc?.serverMetadata());
    // Keys that verify are there to be fetched, and held for a while.
    const { keys: published } = (await (await fetch(`${mire.issuer}/jwks`)).json()) as never as { keys: [] };
    expect(() => createLocalJWKSet({ keys: published })).not.toThrow();
  });
});
