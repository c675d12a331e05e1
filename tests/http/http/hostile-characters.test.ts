import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ROUTES } from '../../../src/provider/routes.ts';
import { FORM, raw } from '../../support/http/raw-request.ts';
import { type Route, routesOf } from '../../support/http/routes.ts';
import { type RunningMire, startMire } from '../../support/mire.ts';

/** Escapes of what is no text: controls, bytes that are no UTF-8, half of a letter, no escape at all. */
const ESCAPES = ['%00', 'a%00b', '%1b', '%7f', '%c2%85', '%ff', '%c3', '%ed%a0%80', '%c0%80', '%', '%zz', '%u0000'];
const LINES = ['%0a', '%0d%0a', '%09'];

describe('an address that is no text', () => {
  let mire: RunningMire;
  let routes: Route[];
  beforeAll(async () => {
    mire = await startMire({ env: { RATE_LIMIT_FACTOR: '1000' } });
    routes = routesOf(mire);
  });
  afterAll(() => mire.close());

  const ask = async (method: string, path: string, headers: Record<string, string> = {}) => {
    const body = method === 'GET' || method === 'DELETE' ? {} : { headers: { ...FORM, ...headers }, body: '' };
    return raw(mire.issuer, { method, path, headers, ...body });
  };
  const SEGMENT = /:\w+/g;
  /** Each of these addresses is 400, and says nothing of the inside. */
  async function refused(addresses: readonly (readonly [method: string, path: string])[]): Promise<void> {
    const wrong: unknown[] = [];
    for (const [method, path] of addresses) {
      const { status, body } = await ask(method, path);
      if (status !== 400 || /node_modules|\.ts:\d|select /.test(body)) wrong.push([method, path, status]);
    }
    expect(wrong).toEqual([]);
  }

  test('the table of routes is read: every page is in it', () => {
    const paths = new Set(routes.map(({ path }) => path));
    for (const path of ['/interaction/:uid', '/compte', '/integrateurs/:id', '/structures/:id/logo', '/assistance'])
      expect([path, paths.has(path)]).toEqual([path, true]);
    expect(routes.length).toBeGreaterThan(60);
  });

  test('is 400 in every segment of every route', async () => {
    const addresses = routes.flatMap(({ method, path }) =>
      [...path.matchAll(SEGMENT)].flatMap(({ index }) =>
        ['%00', '%ff', '%0a'].map((text) => {
          const named = path.slice(0, index) + path.slice(index).replace(SEGMENT, text);
          return [method, named.replaceAll(SEGMENT, 'a')] as const;
        }),
      ),
    );
    expect(addresses.length).toBeGreaterThan(100);
    await refused(addresses);
  });

  test('is 400 in the query of every route, in a name or a value', async () => {
    await refused(
      routes.flatMap(({ method, path }) =>
        ['?x=%00', '?%00=x', '?a=b&x=%ed%a0%80'].map(
          (query) => [method, path.replaceAll(SEGMENT, 'a') + query] as const,
        ),
      ),
    );
  });

  test.each(Object.values(ROUTES))('is 400 at %s, which the library reads', async (path) => {
    await refused([...ESCAPES.map((text) => ['GET', `${path}?state=${text}`] as const), ['POST', `${path}?x=%00`]]);
  });

  test.each([...ESCAPES, ...LINES])('is 400 as %s, wherever it stands', async (text) => {
    await refused([
      ['GET', `/${text}`],
      ['GET', `/structures/${text}/logo`],
      ['GET', `/structures/chu/logo/${text}`],
      ['GET', `/interaction/a/compte-local/s/${text}`],
      ['GET', `/assets/${text}`],
      ['GET', `/?mode=${text}`],
      ['GET', `/compte?x=1&y=${text}`],
    ]);
  });

  test('is JSON for software, and what is text goes on as it did', async () => {
    const { status, body } = await ask('GET', '/structures/%00/logo', { accept: 'application/json' });
    expect([status, JSON.parse(body)]).toEqual([400, expect.objectContaining({ error: 'bad-request' })]);
    expect((await ask('GET', '/?x=%C3%A9%20%F0%9F%91%A9+a')).status).toBe(200);
    expect((await ask('GET', '/nulle-part/%C3%A9')).status).toBe(404);
    const claims = encodeURIComponent('{\n\t"userinfo": {}\r\n}');
    expect((await ask('GET', `/authorize?client_id=nobody&claims=${claims}`)).body).not.toContain('bad-request');
  });

  test.each([
    ['a NUL', '%00'],
    ['no UTF-8', '%ff'],
    ['a line feed', '%0a'],
    ['a long text', 'a'.repeat(5000)],
  ])('a structure that is hinted as %s is none, by any road', async (_what, hint) => {
    const request = {
      client_id: 'ror',
      response_type: 'code',
      scope: 'openid',
      redirect_uri: 'http://localhost:4000/callback',
      code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
      code_challenge_method: 'S256',
    };
    const body = `${new URLSearchParams(request)}&structure_hint=${hint}`;
    const pushed = await raw(mire.issuer, {
      method: 'POST',
      path: '/par',
      headers: { ...FORM, authorization: `Basic ${Buffer.from('ror:ror-sandbox-secret').toString('base64')}` },
      body,
    });
    expect(pushed.status).toBe(201);
    const { request_uri: uri } = JSON.parse(pushed.body) as { request_uri: string };
    const began = new URLSearchParams({ client_id: 'ror', request_uri: uri });
    const { status, headers } = await raw(mire.issuer, { path: `/authorize?${began}` });
    expect(status).toBe(303);
    const cookie = [headers['set-cookie'] ?? []]
      .flat()
      .map((line) => line.split(';', 1)[0])
      .join('; ');
    const at = String(headers.location);
    const path = new URL(`${at}/compte-local`, mire.issuer).pathname;
    expect((await raw(mire.issuer, { path, headers: { cookie } })).status).toBe(200);
  });
});
