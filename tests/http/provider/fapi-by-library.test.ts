import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import * as client from 'openid-client';
import { configurationOf } from '../../support/clients/api-clients.ts';
import { CALLBACK } from '../../support/clients/application.ts';
import { FapiClient } from '../../support/clients/fapi-client.ts';
import { type RunningMire, startMire } from '../../support/mire.ts';
import { signInByPassword } from '../../support/sign-in/journeys.ts';

describe('a FAPI 2.0 client as it would be written', () => {
  let mire: RunningMire;
  beforeAll(async () => {
    mire = await startMire();
  });
  afterAll(() => mire.close());

  test('openid-client alone: private_key_jwt, PAR, PKCE, DPoP with the nonces that we ask for (RFC 9449 §8, §10)', async () => {
    const one = await FapiClient.create(mire, 'library');
    const configuration = await configurationOf(
      mire,
      'library',
      client.PrivateKeyJwt({ key: one.keys.privateKey, kid: one.keys.publicJwk.kid ?? '' }),
      { id_token_signed_response_alg: 'ES256' },
    );
    const DPoP = client.getDPoPHandle(configuration, await client.randomDPoPKeyPair());
    const verifier = client.randomPKCECodeVerifier();
    const url = await client.buildAuthorizationUrlWithPAR(
      configuration,
      {
        redirect_uri: CALLBACK,
        scope: 'openid email',
        code_challenge: await client.calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256',
      },
      { DPoP },
    );
    expect([...url.searchParams.keys()].sort()).toEqual(['client_id', 'request_uri']);
    const back = await signInByPassword(one.newBrowser(), url);
    const tokens = await client.authorizationCodeGrant(
      configuration,
      back.url,
      { pkceCodeVerifier: verifier },
      {},
      { DPoP },
    );
    expect(tokens.token_type).toBe('dpop');
    const sub = tokens.claims()?.sub ?? '';
    expect((await client.fetchUserInfo(configuration, tokens.access_token, sub, { DPoP })).email).toContain('@');
    const refreshed = await client.refreshTokenGrant(configuration, tokens.refresh_token ?? '', {}, { DPoP });
    expect(refreshed.token_type).toBe('dpop');
    // The first proof came without a nonce: it was asked for, and the library began again.
    expect(mire.logs.some((line) => line.includes('use_dpop_nonce'))).toBe(true);
  });
});
