import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { demoClients } from '../../../src/sandbox/clients.ts';
import { startMireWith } from '../../support/clients/api-clients.ts';
import { CALLBACK } from '../../support/clients/application.ts';
import { FORM, form, raw } from '../../support/http/raw-request.ts';
import type { RunningMire } from '../../support/mire.ts';

type Fields = Readonly<Record<string, string>>;
type Answer = readonly [status: number, error: string];

const ROR = { authorization: `Basic ${Buffer.from('ror:ror-sandbox-secret').toString('base64')}` };
const DEVICE = 'urn:ietf:params:oauth:grant-type:device_code';
const CIBA = 'urn:openid:params:grant-type:ciba';

/** Every door of the protocol, and every way it says no; beside each, where that is written. */
describe('every other endpoint and its errors', () => {
  let mire: RunningMire;
  beforeAll(async () => {
    mire = await startMireWith((issuer) => [
      ...demoClients(issuer),
      {
        client_id: 'all',
        client_secret: 'all-sandbox-secret',
        redirect_uris: [CALLBACK],
        grant_types: ['authorization_code', 'refresh_token', 'client_credentials', DEVICE, CIBA],
        response_types: ['code'],
        backchannel_token_delivery_mode: 'poll',
        scope: 'openid email',
        first_party: true,
        minimum_acr: 'eidas1',
      },
      { client_id: 'public', redirect_uris: [CALLBACK], token_endpoint_auth_method: 'none', first_party: true },
    ]);
  });
  afterAll(() => mire.close());

  const auth = (id: string, secret = `${id}-sandbox-secret`) => ({
    authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`,
  });
  async function asked(path: string, fields: Fields | string, headers: Fields = ROR) {
    const body = typeof fields === 'string' ? fields : form(fields);
    const answer = await raw(mire.issuer, { method: 'POST', path, headers: { ...FORM, ...headers }, body });
    const json = JSON.parse(answer.body || '{}') as { error?: string; error_description?: string };
    return { ...answer, json };
  }
  describe('token endpoint', () => {
    const cases: readonly [section: string, fields: Fields, answer: Answer, headers?: Fields][] = [
      ['RFC 6749 §5.2: no grant type', {}, [400, 'invalid_request']],
      ['RFC 6749 §5.2: unknown grant type', { grant_type: 'telepathy' }, [400, 'unsupported_grant_type']],
      [
        'RFC 6749 §4.3, RFC 9700 §2.4: a password',
        { grant_type: 'password', username: 'mdurand', password: 'x' },
        [400, 'unsupported_grant_type'],
      ],
      [
        'RFC 6749 §5.2: a grant that the client has not',
        { grant_type: 'client_credentials' },
        [400, 'invalid_request'],
      ],
      [
        'RFC 6749 §4.1.3: no code',
        { grant_type: 'authorization_code', redirect_uri: CALLBACK },
        [400, 'invalid_request'],
      ],
      [
        'RFC 6749 §5.2: invented code',
        { grant_type: 'authorization_code', code: 'x', redirect_uri: CALLBACK },
        [400, 'invalid_grant'],
      ],
      ['RFC 6749 §6: no refresh token', { grant_type: 'refresh_token' }, [400, 'invalid_request']],
      [
        'RFC 6749 §5.2: invented refresh token',
        { grant_type: 'refresh_token', refresh_token: 'x' },
        [400, 'invalid_grant'],
      ],
      [
        'RFC 6749 §3.3: a scope that is none',
        { grant_type: 'refresh_token', refresh_token: 'x', scope: 'a"b' },
        [400, 'invalid_scope'],
      ],
      [
        'RFC 6749 §3.3: a scope that the client has not',
        { grant_type: 'client_credentials', scope: 'phone' },
        [400, 'invalid_scope'],
        auth('all'),
      ],
      ['RFC 8628 §3.5: no device code', { grant_type: DEVICE }, [400, 'invalid_request'], auth('all')],
      [
        'RFC 8628 §3.5: invented device code',
        { grant_type: DEVICE, device_code: 'x' },
        [400, 'invalid_grant'],
        auth('all'),
      ],
      ['CIBA §11: invented auth_req_id', { grant_type: CIBA, auth_req_id: 'x' }, [400, 'invalid_grant'], auth('all')],
      [
        'RFC 6749 §5.2: a wrong secret',
        { grant_type: 'refresh_token', refresh_token: 'x' },
        [401, 'invalid_client'],
        auth('ror', 'wrong'),
      ],
      [
        'RFC 6749 §5.2: an unknown client',
        { grant_type: 'refresh_token', refresh_token: 'x' },
        [401, 'invalid_client'],
        auth('nobody'),
      ],
      [
        'RFC 6749 §2.3: two ways at once',
        { grant_type: 'refresh_token', client_id: 'ror', client_secret: 'ror-sandbox-secret' },
        [400, 'invalid_request'],
      ],
      [
        'RFC 6749 §2.3.1: a confidential client by name alone',
        { grant_type: 'refresh_token', client_id: 'ror' },
        [401, 'invalid_client'],
        {},
      ],
      [
        'RFC 7523 §3: an assertion that is none',
        {
          grant_type: 'refresh_token',
          client_assertion: 'x',
          client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
        },
        [400, 'invalid_request'],
        {},
      ],
      [
        'RFC 9449 §5: a proof that is none',
        { grant_type: 'authorization_code', code: 'x', redirect_uri: CALLBACK },
        [400, 'invalid_dpop_proof'],
        { ...ROR, dpop: 'nonsense' },
      ],
    ];
    test.each(cases)('%s', async (_section, fields, [status, error], headers = ROR) => {
      const answer = await asked('/token', fields, headers);
      expect([answer.status, answer.json.error]).toEqual([status, error]);
      // RFC 6749 §5.1, §5.2.
      expect([answer.headers['cache-control'], answer.headers['content-type']]).toEqual([
        expect.stringContaining('no-store'),
        expect.stringContaining('application/json'),
      ]);
      if (status === 401 && headers.authorization) expect(answer.headers['www-authenticate']).toMatch(/^Basic /);
    });

    test('RFC 6749 §3.2: GET is no way to ask, and a parameter stands once (§3.2)', async () => {
      expect((await raw(mire.issuer, { path: '/token?grant_type=client_credentials', headers: ROR })).status).toBe(404);
      for (const name of ['grant_type', 'refresh_token', 'client_id', 'scope', 'client_secret', 'client_assertion']) {
        const { status, json } = await asked('/token', `grant_type=refresh_token&refresh_token=x&${name}=a&${name}=b`);
        expect([name, status, json.error]).toEqual([name, 400, 'invalid_request']);
      }
    });

    test('RFC 6749 §3.2: only a form is read', async () => {
      const headers = { ...ROR, 'content-type': 'application/json' };
      const answer = await raw(mire.issuer, {
        method: 'POST',
        path: '/token',
        headers,
        body: '{"grant_type":"client_credentials"}',
      });
      expect(answer.status).toBe(400);
    });
  });

  describe('userinfo endpoint (Core §5.3.3, RFC 6750 §3.1)', () => {
    test.each<[string, Fields, string, number, string | undefined]>([
      ['no token', {}, '', 401, undefined],
      ['another scheme', { authorization: 'Basic eDp5' }, '', 400, 'invalid_request'],
      ['an invented token', { authorization: 'Bearer invented' }, '', 401, 'invalid_token'],
      ['in the address', {}, '?access_token=x', 400, 'invalid_request'],
      ['twice', { authorization: 'Bearer x' }, '?access_token=x', 400, 'invalid_request'],
    ])('%s', async (_what, headers, query, status, error) => {
      const answer = await raw(mire.issuer, { path: `/userinfo${query}`, headers });
      const challenge = String(answer.headers['www-authenticate'] ?? '');
      expect([
        answer.status,
        challenge.includes('error=') ? /error="([^"]+)"/.exec(challenge)?.[1] : undefined,
      ]).toEqual([status, status === 401 ? error : expect.anything()]);
      expect(answer.headers['cache-control']).toContain('no-store');
    });

    test('a token without openid is insufficient_scope', async () => {
      const token = JSON.parse((await asked('/token', { grant_type: 'client_credentials' }, auth('all'))).body) as {
        access_token: string;
      };
      const answer = await raw(mire.issuer, {
        path: '/userinfo',
        headers: { authorization: `Bearer ${token.access_token}` },
      });
      expect([401, 403]).toContain(answer.status);
    });
  });

  describe('introspection and revocation', () => {
    test.each<[string, string, Fields, Answer, Fields?]>([
      ['RFC 7662 §2.1: no token', '/introspect', {}, [400, 'invalid_request']],
      ['RFC 7662 §2.3: no client', '/introspect', { token: 'x' }, [400, 'invalid_request'], {}],
      ['RFC 7662 §2.3: a wrong secret', '/introspect', { token: 'x' }, [401, 'invalid_client'], auth('ror', 'x')],
      [
        'RFC 7662 §2.1: a JWT, which is not kept',
        '/introspect',
        { token: 'eyJhbGciOiJSUzI1NiJ9.e30.x' },
        [400, 'unsupported_token_type'],
      ],
      ['RFC 7009 §2.1: no token', '/revoke', {}, [400, 'invalid_request']],
      ['RFC 7009 §2.1: no client', '/revoke', { token: 'x' }, [400, 'invalid_request'], {}],
      ['RFC 7009 §2.2.1: a JWT', '/revoke', { token: 'eyJhbGciOiJSUzI1NiJ9.e30.x' }, [400, 'unsupported_token_type']],
    ])('%s', async (_section, path, fields, [status, error], headers = ROR) => {
      const answer = await asked(path, fields, headers);
      expect([answer.status, answer.json.error]).toEqual([status, error]);
    });

    test('RFC 7662 §2.2, RFC 7009 §2.2: a token that nobody knows is inactive, and revoked', async () => {
      expect((await asked('/introspect', { token: 'unknown', token_type_hint: 'nonsense' })).json).toEqual({
        active: false,
      });
      expect((await asked('/revoke', { token: 'unknown', token_type_hint: 'nonsense' })).status).toBe(200);
      for (const path of ['/introspect', '/revoke'])
        expect((await asked(path, 'token=a&token=b')).json.error).toBe('invalid_request');
    });
  });
});
