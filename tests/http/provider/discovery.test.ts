import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type RunningMire, startMire } from '../../support/mire.ts';

/** Applications hard-code these: a change here is a change for all of them. */
const ENDPOINTS = {
  authorization_endpoint: '/authorize',
  token_endpoint: '/token',
  userinfo_endpoint: '/userinfo',
  jwks_uri: '/jwks',
  registration_endpoint: '/register',
  end_session_endpoint: '/logout',
  introspection_endpoint: '/introspect',
  revocation_endpoint: '/revoke',
  pushed_authorization_request_endpoint: '/par',
  device_authorization_endpoint: '/device/authorization',
} as const;

const PROMISES = {
  acr_values_supported: ['eidas1', 'eidas2', 'eidas3'],
  backchannel_logout_session_supported: true,
  backchannel_logout_supported: true,
  claims_parameter_supported: true,
  code_challenge_methods_supported: ['S256'],
  response_types_supported: ['code'],
  subject_types_supported: ['public', 'pairwise'],
  authorization_response_iss_parameter_supported: true,
  request_uri_parameter_supported: false,
  scopes_supported: expect.arrayContaining([
    'openid',
    'profile',
    'email',
    'phone',
    'address',
    'offline_access',
    'identite_ps',
  ]),
  id_token_signing_alg_values_supported: ['EdDSA', 'ES256', 'RS256'],
} as const;

describe('discovery', () => {
  let mire: RunningMire;
  beforeAll(async () => {
    mire = await startMire();
  });
  afterAll(() => mire.close());
  const read = async (path: string) => (await (await fetch(`${mire.issuer}${path}`)).json()) as Record<string, unknown>;

  test('says the endpoints and the promises of the first day', async () => {
    const found = await read('/.well-known/openid-configuration');
    expect(found).toMatchObject({
      issuer: mire.issuer,
      ...Object.fromEntries(Object.entries(ENDPOINTS).map(([name, path]) => [name, `${mire.issuer}${path}`])),
      ...PROMISES,
    });
    for (const [name, value] of Object.entries(found)) {
      if (/_endpoint$|_uri$/.test(name))
        expect([name, String(value).startsWith(`${mire.issuer}/`)]).toEqual([name, true]);
    }
    expect(found.grant_types_supported).toEqual(
      expect.arrayContaining(['authorization_code', 'refresh_token', 'urn:ietf:params:oauth:grant-type:device_code']),
    );
    expect(found.grant_types_supported).not.toContain('implicit');
    expect(found.grant_types_supported).not.toContain('password');
  });

  test('no algorithm that is none', async () => {
    const found = await read('/.well-known/openid-configuration');
    for (const [name, values] of Object.entries(found)) {
      if (name.includes('_alg_')) expect([name, (values as string[]).includes('none')]).toEqual([name, false]);
    }
  });

  test('the keys are public, named, and say nothing more', async () => {
    const { keys } = (await read('/jwks')) as { keys: Record<string, unknown>[] };
    expect(keys.map(({ alg }) => alg).sort()).toEqual(['ES256', 'EdDSA', 'RS256']);
    for (const key of keys) {
      expect(key.kid).toBeTruthy();
      for (const secret of ['d', 'p', 'q', 'dp', 'dq', 'qi', 'k']) expect(key).not.toHaveProperty(secret);
    }
  });
});
