import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { importJWK, SignJWT } from 'jose';
import * as client from 'openid-client';
import { configurationOf } from '../../support/clients/api-clients.ts';
import { newKeys, storeClient } from '../../support/clients/fapi-client.ts';
import { register, registrationToken } from '../../support/clients/registration.ts';
import { type RunningMire, startMire } from '../../support/mire.ts';

const JWT_BEARER = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
const base = { redirect_uris: [], response_types: [], grant_types: ['client_credentials'] };

describe('clients that sign to say who they are (OIDC Core §9, RFC 7523)', () => {
  let mire: RunningMire;
  let token: string;
  beforeAll(async () => {
    mire = await startMire();
    token = await registrationToken(mire.issuer);
  });
  afterAll(() => mire.close());

  const ask = async (assertion: string, more: Record<string, string> = {}) => {
    const body = { grant_type: 'client_credentials', client_assertion_type: JWT_BEARER, client_assertion: assertion };
    const answer = await fetch(`${mire.issuer}/token`, {
      method: 'POST',
      body: new URLSearchParams({ ...body, ...more }),
    });
    return { status: answer.status, ...((await answer.json()) as { error?: string; access_token?: string }) };
  };
  const claims = (id: string) =>
    new SignJWT({ iss: id, sub: id, aud: mire.issuer, jti: crypto.randomUUID() }).setIssuedAt().setExpirationTime('1m');

  test.each(['ES256', 'PS256', 'RS256', 'Ed25519'])('private_key_jwt with %s, by openid-client', async (alg) => {
    const keys = await newKeys(alg);
    const registered = await register(mire.issuer, token, {
      ...base,
      token_endpoint_auth_method: 'private_key_jwt',
      token_endpoint_auth_signing_alg: alg,
      jwks: { keys: [keys.publicJwk] },
    });
    const auth = client.PrivateKeyJwt({ key: keys.privateKey, kid: keys.publicJwk.kid ?? '' });
    const configuration = await configurationOf(mire, registered.client_id, auth);
    expect((await client.clientCredentialsGrant(configuration)).access_token).toBeTruthy();
  });

  test('client_secret_jwt, by openid-client', async () => {
    const registered = await register(mire.issuer, token, { ...base, token_endpoint_auth_method: 'client_secret_jwt' });
    const auth = client.ClientSecretJwt(registered.client_secret);
    const configuration = await configurationOf(mire, registered.client_id, auth);
    expect((await client.clientCredentialsGrant(configuration)).access_token).toBeTruthy();
    const wrong = await configurationOf(mire, registered.client_id, client.ClientSecretJwt('x'.repeat(43)));
    await expect(client.clientCredentialsGrant(wrong)).rejects.toMatchObject({ error: 'invalid_client' });
  });

  describe('key confusion and alg=none (RFC 8725 §2.1, §3.1)', () => {
    test('the public key as a secret, no signature, the key of the header', async () => {
      const keys = await newKeys('RS256');
      const id = 'confused';
      await storeClient(mire, {
        ...base,
        client_id: id,
        token_endpoint_auth_method: 'private_key_jwt',
        jwks: { keys: [keys.publicJwk] },
      });
      const kid = keys.publicJwk.kid ?? '';
      expect((await ask(await claims(id).setProtectedHeader({ alg: 'RS256', kid }).sign(keys.privateKey))).status).toBe(
        200,
      );
      const secret = Buffer.from(JSON.stringify(keys.publicJwk));
      const modulus = Buffer.from(keys.publicJwk.n ?? '', 'base64url');
      const stranger = await newKeys('RS256');
      const good = await claims(id).setProtectedHeader({ alg: 'RS256', kid }).sign(keys.privateKey);
      const [, payload] = good.split('.');
      const header = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
      const forged = [
        await claims(id).setProtectedHeader({ alg: 'HS256', kid }).sign(secret),
        await claims(id).setProtectedHeader({ alg: 'HS256', kid }).sign(modulus),
        await claims(id)
          .setProtectedHeader({ alg: 'RS256', kid, jwk: stranger.publicJwk as never })
          .sign(stranger.privateKey),
        await claims(id)
          .setProtectedHeader({ alg: 'RS256', kid: stranger.publicJwk.kid ?? '' })
          .sign(stranger.privateKey),
        `${header({ alg: 'none', kid })}.${payload}.`,
        `${header({ alg: 'None' })}.${payload}.`,
        `${header({ alg: 'none' })}.${payload}.${good.split('.')[2]}`,
        `${header({ alg: 'RS256', kid, crit: ['b64'], b64: false })}.${payload}.${good.split('.')[2]}`,
      ];
      for (const assertion of forged) {
        const answer = await ask(assertion);
        expect([assertion.slice(0, 30), answer.status >= 400, answer.access_token]).toEqual([
          assertion.slice(0, 30),
          true,
          undefined,
        ]);
      }
    });

    test('a secret does not sign for a client of keys, nor a key for a client of a secret', async () => {
      const registered = await register(mire.issuer, token, {
        ...base,
        token_endpoint_auth_method: 'client_secret_jwt',
      });
      const id = registered.client_id;
      const { privateKey } = await newKeys();
      expect((await ask(await claims(id).setProtectedHeader({ alg: 'ES256' }).sign(privateKey))).error).toBe(
        'invalid_client',
      );
      const secret = await importJWK(
        { kty: 'oct', k: Buffer.from(registered.client_secret).toString('base64url') },
        'HS256',
      );
      const good = await claims(id).setProtectedHeader({ alg: 'HS256' }).sign(secret);
      // Not with its secret in clear besides, nor as another client.
      expect((await ask(good, { client_secret: registered.client_secret, client_id: id })).error).toBe(
        'invalid_request',
      );
      expect((await ask(good, { client_id: 'ror' })).error).toMatch(/invalid_(?:request|client)/);
      expect((await ask(good, { client_assertion_type: 'urn:example' })).error).toBe('invalid_request');
      expect((await ask(good)).status).toBe(200);
      expect((await ask(good)).error).toBe('invalid_client');
    });
  });

  test('a secret is worth nothing by another way than the registered one (OIDC Core §9)', async () => {
    const asked = async (headers: Record<string, string>, more: Record<string, string>) => {
      const body = new URLSearchParams({ grant_type: 'client_credentials', ...more });
      return (await fetch(`${mire.issuer}/token`, { method: 'POST', headers, body })).status;
    };
    const registered = await register(mire.issuer, token, { ...base, token_endpoint_auth_method: 'client_secret_jwt' });
    const { client_id, client_secret } = registered;
    const authorization = `Basic ${Buffer.from(`${client_id}:${client_secret}`).toString('base64')}`;
    expect(await asked({ authorization }, {})).toBe(401);
    expect(await asked({}, { client_id, client_secret })).toBe(401);
    expect(await asked({}, { client_id })).toBe(401);
  });
});
