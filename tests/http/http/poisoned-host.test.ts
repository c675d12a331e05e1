import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { raw, wire } from '../../support/http/raw-request.ts';
import { type RunningMire, startMire } from '../../support/mire.ts';

const DISCOVERY = '/.well-known/openid-configuration';

describe('a poisoned host', () => {
  let mire: RunningMire;
  let behindProxy: RunningMire;
  beforeAll(async () => {
    [mire, behindProxy] = await Promise.all([startMire(), startMire({ env: { TRUSTED_PROXIES: '127.0.0.1,::1' } })]);
  });
  afterAll(async () => {
    await Promise.all([mire.close(), behindProxy.close()]);
  });
  const host = () => new URL(mire.issuer).host;

  test.each([
    'evil.example',
    'localhost',
    'localhost:1',
    '127.0.0.1',
    'localhost.evil.example',
    'mire@evil.example',
    'evil.example\tx',
  ])('Host "%s" is 421 on every door', async (poisoned) => {
    for (const path of [DISCOVERY, '/', '/jwks', '/authorize?client_id=ror', '/interaction/x', '/sandbox', '/token']) {
      const { status, body } = await raw(mire.issuer, { path, headers: { host: poisoned } });
      expect([path, status]).toEqual([path, 421]);
      expect(body).not.toContain('evil');
    }
  });

  test('our name with somebody else in it is refused', async () => {
    expect((await raw(mire.issuer, { path: DISCOVERY, headers: { host: `${host()}@evil.example` } })).status).toBe(421);
    expect((await raw(mire.issuer, { path: DISCOVERY, headers: { host: `evil.example@${host()}` } })).status).toBe(421);
    expect((await raw(mire.issuer, { path: DISCOVERY, headers: { host: host().toUpperCase() } })).status).toBe(200);
  });

  test('two Host headers, none, or an absolute address of somebody else are refused', async () => {
    expect([400, 421]).toContain(
      await wire(mire.issuer, `GET ${DISCOVERY} HTTP/1.1\r\nHost: ${host()}\r\nHost: evil.example\r\n\r\n`),
    );
    expect([400, 421]).toContain(await wire(mire.issuer, `GET ${DISCOVERY} HTTP/1.1\r\nConnection: close\r\n\r\n`));
    expect([400, 421]).toContain(await wire(mire.issuer, `GET ${DISCOVERY} HTTP/1.0\r\n\r\n`));
    expect([400, 421]).toContain(await wire(mire.issuer, `GET ${DISCOVERY} HTTP/1.1\r\nHost:\r\n\r\n`));
    expect([400, 421]).toContain(
      await wire(mire.issuer, `GET http://evil.example${DISCOVERY} HTTP/1.1\r\nHost: ${host()}\r\n\r\n`),
    );
  });

  const FORWARDED = {
    'x-forwarded-host': 'evil.example',
    'x-forwarded-proto': 'https',
    'x-forwarded-port': '443',
    forwarded: 'host=evil.example;proto=https',
  };

  test('forwarded headers of a stranger change nothing', async () => {
    const plain = await raw(mire.issuer, { path: DISCOVERY });
    const poisoned = await raw(mire.issuer, { path: DISCOVERY, headers: FORWARDED });
    expect([poisoned.status, poisoned.body]).toEqual([200, plain.body]);
    const page = await raw(mire.issuer, { path: '/authorize?client_id=nobody', headers: FORWARDED });
    expect(page.body + JSON.stringify(page.headers)).not.toContain('evil');
  });

  test('a trusted proxy that forwards a foreign host is refused, and so is a list of hosts that ends in one', async () => {
    const ours = new URL(behindProxy.issuer).host;
    const ask = (forwarded: string) =>
      raw(behindProxy.issuer, {
        path: DISCOVERY,
        headers: { host: 'inside', 'x-forwarded-host': forwarded, 'x-forwarded-proto': 'http' },
      });
    expect((await ask(ours)).status).toBe(200);
    expect((await ask('evil.example')).status).toBe(421);
    expect((await ask(`${ours}, evil.example`)).status).toBe(421);
    const appended = await ask(`evil.example, ${ours}`);
    expect([appended.status, appended.body.includes('evil')]).toEqual([200, false]);
  });

  test('health is asked under any name', async () => {
    expect((await raw(mire.issuer, { path: '/healthz', headers: { host: '10.0.0.7:3000' } })).status).toBe(200);
  });
});
