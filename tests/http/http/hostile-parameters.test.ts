import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { FORM, raw } from '../../support/http/raw-request.ts';
import { type RunningMire, startMire } from '../../support/mire.ts';
import { signedIn } from '../../support/sign-in/steps.ts';

const ROR = { authorization: `Basic ${Buffer.from('ror:ror-sandbox-secret').toString('base64')}` };
const CALLBACK = encodeURIComponent('http://localhost:4000/callback');
const REQUEST = `client_id=ror&response_type=code&scope=openid&redirect_uri=${CALLBACK}&code_challenge=${'a'.repeat(43)}&code_challenge_method=S256`;
/** Microseconds of processor time, which a busy machine does not lengthen; a parser that loops takes seconds. */
const QUICK = 2_000_000;

/** Every door of the protocol, and the method it is asked with. */
const DOORS = [
  ['GET', '/userinfo'],
  ['POST', '/userinfo'],
  ['POST', '/token'],
  ['POST', '/introspect'],
  ['POST', '/revoke'],
  ['POST', '/par'],
  ['POST', '/register'],
  ['GET', '/register/ror'],
  ['PUT', '/register/ror'],
  ['DELETE', '/register/ror'],
  ['POST', '/device/authorization'],
  ['GET', '/device'],
  ['POST', '/device'],
  ['GET', '/authorize'],
  ['POST', '/authorize'],
  ['GET', '/logout'],
  ['POST', '/logout'],
  ['POST', '/logout/confirm'],
  ['GET', '/jwks'],
  ['GET', '/.well-known/openid-configuration'],
  ['POST', '/backchannel-authentication'],
] as const;

const HEADERS = [
  'Bearer',
  'Bearer ',
  'Bearer  x',
  'bearer x',
  'Bearer x y z',
  'Bearer \u00e9',
  `Bearer ${'x'.repeat(9000)}`,
  'Bearer null',
  'Bearer ..',
  'Bearer a.b.c',
  'Bearer eyJhbGciOiJub25lIn0.e30.',
  'Basic',
  'Basic ',
  'Basic %%%',
  `Basic ${Buffer.from('ror').toString('base64')}`,
  `Basic ${Buffer.from(':').toString('base64')}`,
  `Basic ${Buffer.from('%zz:%zz').toString('base64')}`,
  `Basic ${Buffer.from('ror\0:x').toString('base64')}`,
  `Basic ${Buffer.from([0xff, 0xfe, 0x3a, 0xff]).toString('base64')}`,
  'DPoP',
  'DPoP x',
  'Digest username="x"',
  'Negotiate x',
  ',,,',
  'x',
];

describe('hostile requests', () => {
  let mire: RunningMire;
  beforeAll(async () => {
    mire = await startMire();
  });
  afterAll(() => mire.close());

  test.each(DOORS)('whatever Authorization says at %s %s, it is no failure of ours', async (method, path) => {
    for (const authorization of HEADERS) {
      const body = method === 'GET' || method === 'DELETE' ? {} : { body: path.startsWith('/register') ? '{}' : 'a=b' };
      const type = path.startsWith('/register') ? { 'content-type': 'application/json' } : FORM;
      const { status } = await raw(mire.issuer, {
        method,
        path,
        headers: { authorization: Buffer.from(authorization).toString('latin1'), ...(body.body ? type : {}) },
        ...body,
      });
      expect([authorization.slice(0, 40), status < 500]).toEqual([authorization.slice(0, 40), true]);
    }
  });

  test.each([
    ['client_id'],
    ['redirect_uri'],
    ['scope'],
    ['state'],
    ['nonce'],
    ['response_type'],
    ['prompt'],
    ['acr_values'],
    ['max_age'],
    ['claims'],
    ['code_challenge'],
    ['login_hint'],
    ['ui_locales'],
    ['mode'],
  ])('%s sent twice is refused', async (name) => {
    const { status, headers } = await raw(mire.issuer, {
      path: `/authorize?${REQUEST}&${name}=one&${name}=two`,
      headers: { accept: 'text/html' },
    });
    const error = status === 303 ? new URL(String(headers.location), mire.issuer).searchParams.get('error') : status;
    expect([400, 'invalid_request']).toContain(error);
  });

  test('a megabyte of scope, ten thousand parameters, deep claims and long values are refused quickly', async () => {
    const deep = `{"userinfo":${'{"a":'.repeat(5000)}1${'}'.repeat(5000)}}`;
    const bodies = [
      `${REQUEST}&scope=${'openid+'.repeat(150_000)}`,
      `${REQUEST}&${'x=1&'.repeat(10_000)}`,
      `${REQUEST}&${Array.from({ length: 10_000 }, (_, i) => `p${i}=1`).join('&')}`,
      `${REQUEST}&claims=${encodeURIComponent(deep)}`,
      `${REQUEST}&state=${'s'.repeat(100_000)}&nonce=${'n'.repeat(100_000)}`,
      `${REQUEST}&acr_values=${'eidas1+'.repeat(5000)}`,
      `${REQUEST}&ui_locales=${'fr+'.repeat(15_000)}`,
      `a[${'b]['.repeat(5000)}]=1`,
    ];
    for (const body of bodies) {
      for (const path of ['/authorize', '/par', '/token', '/device/authorization', '/introspect', '/revoke']) {
        const since = process.cpuUsage();
        const { status } = await raw(mire.issuer, {
          method: 'POST',
          path,
          headers: { ...FORM, ...(path === '/authorize' ? {} : ROR) },
          body,
        });
        expect([path, body.slice(-30), status < 500]).toEqual([path, body.slice(-30), true]);
        const { user, system } = process.cpuUsage(since);
        expect(user + system).toBeLessThan(QUICK);
      }
    }
    expect((await raw(mire.issuer, { path: `/authorize?${REQUEST}&scope=${'x'.repeat(60_000)}` })).status).toBe(431);
  });

  test.each([
    ['a NUL', '%00'],
    ['bytes that are no UTF-8', '%ff%fe'],
    ['a lone surrogate', '%ED%A0%80'],
    ['half an escape', '%e'],
    ['a line break', '%0d%0aSet-Cookie:%20x=1'],
    ['spaces', '%20%20'],
    ['nothing', ''],
    ['a prototype', '__proto__'],
    ['64 kB', 'x'.repeat(60_000)],
  ])('%s in every parameter of every door is no failure of ours, and writes no header', async (_what, value) => {
    const { tokens } = await signedIn(mire);
    const names: Readonly<Record<string, readonly string[]>> = {
      '/authorize': [
        'client_id',
        'redirect_uri',
        'scope',
        'state',
        'nonce',
        'response_type',
        'response_mode',
        'prompt',
        'acr_values',
        'max_age',
        'claims',
        'code_challenge',
        'code_challenge_method',
        'login_hint',
        'id_token_hint',
        'ui_locales',
        'mode',
        'request',
        'request_uri',
        'resource',
        'dpop_jkt',
      ],
      '/token': [
        'grant_type',
        'code',
        'code_verifier',
        'redirect_uri',
        'refresh_token',
        'scope',
        'client_assertion',
        'client_assertion_type',
        'client_id',
        'device_code',
        'resource',
      ],
      '/introspect': ['token', 'token_type_hint'],
      '/revoke': ['token', 'token_type_hint'],
      '/par': ['redirect_uri', 'scope', 'state', 'request', 'claims', 'client_id'],
      '/logout': ['id_token_hint', 'post_logout_redirect_uri', 'client_id', 'state', 'logout_hint', 'ui_locales'],
      '/device/authorization': ['scope', 'client_id', 'claims'],
      '/userinfo': ['access_token'],
    };
    for (const [path, parameters] of Object.entries(names)) {
      for (const name of parameters) {
        const base =
          path === '/authorize' || path === '/par'
            ? Object.fromEntries(new URLSearchParams(REQUEST))
            : path === '/token'
              ? { grant_type: 'refresh_token', refresh_token: tokens.id_token ?? '' }
              : {};
        const rest = Object.entries(base)
          .filter(([key]) => key !== name)
          .map(([key, text]) => `${key}=${encodeURIComponent(text)}`);
        const body = [...rest, `${name}=${value}`].join('&');
        const { status, headers } = await raw(mire.issuer, {
          method: 'POST',
          path,
          headers: {
            ...FORM,
            accept: 'text/html',
            ...(['/authorize', '/logout', '/userinfo'].includes(path) ? {} : ROR),
          },
          body,
        });
        expect([path, name, status < 500]).toEqual([path, name, true]);
        expect(JSON.stringify(headers['set-cookie'] ?? [])).not.toContain('"x=1');
      }
    }
  });

  test('a form where JSON is expected, JSON where a form is expected, and unknown methods', async () => {
    for (const [method, path] of DOORS) {
      for (const type of [
        'application/json',
        'text/plain',
        'multipart/form-data',
        'application/x-www-form-urlencoded; charset=utf-7',
        'x',
      ]) {
        const { status } = await raw(mire.issuer, {
          method,
          path,
          headers: { 'content-type': type, ...ROR },
          ...(method === 'GET' ? {} : { body: '{"a":' }),
        });
        expect([method, path, type, status < 500]).toEqual([method, path, type, true]);
      }
    }
    for (const method of ['PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'PROPFIND', 'HEAD']) {
      for (const path of [
        '/authorize',
        '/token',
        '/userinfo',
        '/jwks',
        '/interaction/x',
        '/interaction/x/login-mdp',
        '/',
        '/none',
        '/sandbox',
        '/device',
      ]) {
        const { status } = await raw(mire.issuer, { method, path });
        expect([method, path, status < 500]).toEqual([method, path, true]);
      }
    }
  });
});
