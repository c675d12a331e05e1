import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import Koa from 'koa';
import { Registry } from 'prom-client';
import type { UpstreamError } from '../../src/http/errors.ts';
import { createGauge, type Pressure, shedding } from '../../src/http/overload.ts';

/** What the histogram of the event loop says at each look; its ticks come every 20 ms when nothing is late. */
function gaugeOf(after: number) {
  const delays = { min: 0, count: 0, reset: () => undefined };
  const gauge = createGauge(after, delays);
  return (leastLate: number | undefined): Pressure => {
    delays.count = leastLate === undefined ? 0 : 1;
    delays.min = ((leastLate ?? 0) + 20) * 1e6;
    gauge.look();
    return gauge.pressure();
  };
}

describe('the pressure', () => {
  test('is felt when the loop stays late, and over as soon as it is not', () => {
    const look = gaugeOf(100);
    expect([0, 120, 120, 600, 600, 5, 120].map(look)).toEqual([
      'none',
      'none',
      'high',
      'high',
      'extreme',
      'none',
      'none',
    ]);
  });

  test('is not felt for one long task', () => {
    const look = gaugeOf(100);
    expect([0, 5000, 0, 5000, 0].map(look)).toEqual(Array(5).fill('none'));
  });

  test('is not felt where nothing was measured, nor where it is turned off', () => {
    expect([undefined, undefined, undefined].map(gaugeOf(100))).toEqual(Array(3).fill('none'));
    expect([900, 900, 900].map(gaugeOf(0))).toEqual(Array(3).fill('none'));
  });
});

describe('under pressure', () => {
  let pressure: Pressure = 'none';
  const registry = new Registry();
  const app = new Koa();
  app.use(async (ctx, next) => {
    try {
      await next();
    } catch (error) {
      const { status, code, detail } = error as UpstreamError;
      ctx.status = status;
      ctx.body = { page: code, ...detail };
    }
  });
  app.use(
    shedding({
      load: { pressure: () => pressure },
      registry,
      entrances: new Set(['/authorize', '/par']),
      machines: new Set(['/par', '/token']),
      random: () => 0.5,
    }),
  );
  app.use((ctx) => {
    ctx.body = { done: true };
  });
  const server = createServer(app.callback());
  const ask = async (path: string) => {
    const answer = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`);
    return { status: answer.status, after: answer.headers.get('retry-after'), body: await answer.json() };
  };
  const done = { status: 200, after: null, body: { done: true } };
  const unavailable = { error: 'temporarily_unavailable', error_description: expect.any(String) };
  beforeAll(() => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)));
  afterAll(() => new Promise((resolve) => server.close(resolve)));

  test('nobody is turned away while there is none', async () => {
    pressure = 'none';
    for (const path of ['/authorize', '/par', '/token', '/interaction/a/login-mdp'])
      expect(await ask(path)).toEqual(done);
  });

  test('what begins is turned away first, what has begun can end', async () => {
    pressure = 'high';
    expect(await ask('/authorize')).toMatchObject({ status: 503, body: { page: 'overloaded', retryAfter: 6 } });
    expect(await ask('/par')).toEqual({ status: 503, after: '6', body: unavailable });
    for (const path of ['/token', '/interaction/a/login-mdp', '/authorize/resumed'])
      expect(await ask(path)).toEqual(done);
  });

  test('when it is extreme all are told when to come back, software in its own words', async () => {
    pressure = 'extreme';
    expect(await ask('/token')).toEqual({ status: 503, after: '6', body: unavailable });
    expect(await ask('/interaction/a/login-mdp')).toMatchObject({ status: 503, body: { page: 'overloaded' } });
    expect(await registry.metrics()).toMatch(/mire_requests_shed_total\{kind="begun"\} 2/);
  });
});
