import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import Koa from 'koa';
import { Registry } from 'prom-client';
import type { UpstreamError } from '../../src/http/errors.ts';
import { bounded } from '../../src/http/overload.ts';

describe('more requests at once than a process has places for', () => {
  const registry = new Registry();
  const app = new Koa();
  app.use(async (ctx, next) => {
    try {
      await next();
    } catch (error) {
      const { status, code, detail } = error as UpstreamError;
      ctx.status = status ?? 500;
      ctx.body = { page: code, ...detail };
    }
  });
  app.use(
    bounded({
      doors: new Map([
        ['/authorize', { machine: false, entrance: true }],
        ['/par', { machine: true, entrance: true }],
        ['/token', { machine: true, entrance: false }],
      ]),
      places: 2,
      registry,
      random: () => 0.5,
    }),
  );
  /** Those in hand stay there until they are let go. */
  const held: (() => void)[] = [];
  let arrived = () => {};
  app.use(async (ctx) => {
    if (ctx.query.hold !== undefined) {
      await new Promise<void>((resolve) => {
        held.push(resolve);
        arrived();
      });
      if (ctx.query.hold === 'fail') throw new Error('it failed');
    }
    ctx.body = { done: true };
  });
  const server = createServer(app.callback());
  beforeAll(() => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)));
  afterAll(() => new Promise((resolve) => server.close(resolve)));

  const ask = async (path: string) => {
    const answer = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`);
    return { status: answer.status, after: answer.headers.get('retry-after'), body: await answer.json() };
  };
  /** Fills places; @returns how to free them and wait until they are free. */
  async function hold(path: string, count: number): Promise<() => Promise<void>> {
    const answers: Promise<unknown>[] = [];
    for (let i = 0; i < count; i += 1) {
      const there = new Promise<void>((resolve) => {
        arrived = resolve;
      });
      answers.push(ask(path));
      await there;
    }
    return async () => {
      for (const go of held.splice(0)) go();
      await Promise.all(answers);
    };
  }
  const done = { status: 200, after: null, body: { done: true } };
  const unavailable = { error: 'temporarily_unavailable', error_description: expect.any(String) };

  test('a person who begins reads when to come back, whoever is in can go on', async () => {
    const free = await hold('/authorize?hold=1', 2);
    expect(await ask('/authorize')).toMatchObject({ status: 503, body: { page: 'overloaded', retryAfter: 6 } });
    for (const path of ['/authorize/resumed', '/interaction/a/login-mdp', '/par', '/token'])
      expect(await ask(path)).toEqual(done);
    await free();
    expect(await ask('/authorize')).toEqual(done);
  });

  test('software is told in its own words', async () => {
    const free = await hold('/par?hold=1', 2);
    expect(await ask('/par')).toEqual({ status: 503, after: '6', body: unavailable });
    await free();
    expect(await ask('/par')).toEqual(done);
  });

  test('what ends something has more room than what begins', async () => {
    const free = await hold('/token?hold=1', 8);
    expect(await ask('/token')).toEqual({ status: 503, after: '6', body: unavailable });
    await free();
    expect(await ask('/token')).toEqual(done);
  });

  test('a request that fails leaves its place', async () => {
    const free = await hold('/authorize?hold=fail', 2);
    await free();
    expect(await ask('/authorize')).toEqual(done);
  });

  test('those turned away are counted by door', async () => {
    expect(await registry.metrics()).toContain('mire_requests_shed_total{door="/authorize"} 1');
  });
});
