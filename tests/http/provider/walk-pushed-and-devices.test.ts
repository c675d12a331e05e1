import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { demoClients } from '../../../src/sandbox/clients.ts';
import { startMireWith } from '../../support/clients/api-clients.ts';
import { CALLBACK } from '../../support/clients/application.ts';
import { FORM, form, raw } from '../../support/http/raw-request.ts';
import type { RunningMire } from '../../support/mire.ts';

type Fields = Readonly<Record<string, string>>;
type Answer = readonly [status: number, error: string];

const ROR = { authorization: `Basic ${Buffer.from('ror:ror-sandbox-secret').toString('base64')}` };
const CHALLENGE = { code_challenge: 'a'.repeat(43), code_challenge_method: 'S256' };
const GOOD: Fields = { client_id: 'ror', response_type: 'code', scope: 'openid', redirect_uri: CALLBACK, ...CHALLENGE };
const DEVICE = 'urn:ietf:params:oauth:grant-type:device_code';
const CIBA = 'urn:openid:params:grant-type:ciba';

/** Every door of the protocol, and every way it says no; beside each, where that is written. */
describe('doors that software knocks at, and their errors', () => {
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
  describe('pushed requests, devices, the back channel, registration', () => {
    test.each<[string, string, Fields, Answer, Fields?]>([
      ['RFC 9126 §2.3: no client', '/par', GOOD, [401, 'invalid_client'], {}],
      ['RFC 9126 §2.3: a wrong secret', '/par', GOOD, [401, 'invalid_client'], auth('ror', 'x')],
      [
        'RFC 9126 §2.1: a request_uri inside',
        '/par',
        { ...GOOD, request_uri: 'urn:x' },
        [400, 'request_uri_not_supported'],
      ],
      [
        'RFC 9126 §2.3: an unregistered redirect_uri',
        '/par',
        { ...GOOD, redirect_uri: 'https://evil.example/' },
        [400, 'invalid_request'],
      ],
      ['RFC 9126 §2.1: another client_id', '/par', { ...GOOD, client_id: 'portail' }, [400, 'invalid_request']],
      ['RFC 8628 §3.1: no client', '/device/authorization', {}, [400, 'invalid_request'], {}],
      [
        'RFC 8628 §3.1: a client without the grant',
        '/device/authorization',
        { scope: 'openid' },
        [400, 'invalid_request'],
      ],
      [
        'RFC 8628 §3.1: a scope that the client has not',
        '/device/authorization',
        { scope: 'openid phone' },
        [400, 'invalid_scope'],
        auth('all'),
      ],
      ['CIBA §13: no hint', '/backchannel-authentication', { scope: 'openid' }, [400, 'invalid_request'], auth('all')],
      [
        'CIBA §7.1: two hints',
        '/backchannel-authentication',
        { scope: 'openid', login_hint: 'a', id_token_hint: 'b' },
        [400, 'invalid_request'],
        auth('all'),
      ],
      [
        'CIBA §7.1: no openid',
        '/backchannel-authentication',
        { login_hint: 'mdurand' },
        [400, 'invalid_request'],
        auth('all'),
      ],
      [
        'CIBA §13: nobody by that name',
        '/backchannel-authentication',
        { scope: 'openid', login_hint: 'nobody' },
        [400, 'unknown_user_id'],
        auth('all'),
      ],
      [
        'CIBA §13: a client without the grant',
        '/backchannel-authentication',
        { scope: 'openid', login_hint: 'mdurand' },
        [400, 'invalid_request'],
      ],
    ])('%s', async (_section, path, fields, [status, error], headers = ROR) => {
      const answer = await asked(path, fields, headers);
      expect([answer.status, answer.json.error]).toEqual([status, error]);
      expect(answer.headers['cache-control']).toContain('no-store');
    });

    test('RFC 8628 §3.5: asked too often, before anybody answered', async () => {
      const device = JSON.parse(
        (await asked('/device/authorization', { scope: 'openid' }, auth('all'))).body,
      ) as Record<string, string>;
      expect(Object.keys(device)).toEqual(
        expect.arrayContaining(['device_code', 'user_code', 'verification_uri', 'expires_in']),
      );
      const poll = () => asked('/token', { grant_type: DEVICE, device_code: device.device_code ?? '' }, auth('all'));
      expect((await poll()).json.error).toBe('authorization_pending');
      expect((await poll()).json.error).toMatch(/^(?:authorization_pending|slow_down)$/);
      const stolen = await asked(
        '/token',
        { grant_type: DEVICE, device_code: device.device_code ?? '', client_id: 'public' },
        {},
      );
      expect(stolen.status).toBe(400);
      mire.clock.forwardAll(6 * 60);
      try {
        expect((await poll()).json.error).toBe('expired_token');
      } finally {
        mire.clock.restore();
      }
    });

    test.each<[string, string, string | undefined, number, string]>([
      ['RFC 7591 §3: no initial token', '{}', undefined, 400, 'invalid_request'],
      ['RFC 7591 §3: a wrong one', '{}', 'wrong', 401, 'invalid_token'],
    ])('%s', async (_section, body, token, status, error) => {
      const headers = { 'content-type': 'application/json', ...(token ? { authorization: `Bearer ${token}` } : {}) };
      const answer = await raw(mire.issuer, { method: 'POST', path: '/register', headers, body });
      const json = JSON.parse(answer.body) as { error: string };
      expect([status, 401]).toContain(answer.status);
      expect([error, 'invalid_token']).toContain(json.error);
    });
  });
});
