import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { openDatabase } from '../../adapters/db/database.ts';
import { createAdapterFactory } from '../../adapters/oidc/adapter.ts';
import { checkRedis, openRedis, problemsOf, type RedisClient } from '../../adapters/redis.ts';
import { REDIS_PATIENCE } from '../../config/pace.ts';
import { createLog } from '../../src/log.ts';
import { createVault, randomToken } from '../../src/protection/secrets.ts';
import { describeWith } from '../support/jest/services.ts';
import { inTime } from '../support/jest/until.ts';
import { type TestDatabase, testDatabase } from '../support/storage/database.ts';
import { type TestRedis, testRedis } from '../support/storage/redis.ts';
import { type OidcServer, REDIRECT_URI, startOidc } from './oidc-server.ts';

const log = createLog('silent');
const vault = createVault([`1:${Buffer.alloc(32, 1).toString('base64')}`], Buffer.alloc(32, 2).toString('base64'));
const now = () => new Date();

/** A line to Redis that can be frozen (bytes stay on their way) and cut. */
async function openLine(url: string) {
  const { hostname, port } = new URL(url);
  const pairs = new Set<readonly [Socket, Socket]>();
  const server = createServer((near) => {
    const far = connect(Number(port || 6379), hostname);
    const pair = [near, far] as const;
    pairs.add(pair);
    near.pipe(far).pipe(near);
    for (const socket of pair) {
      // A cut line resets the other end: that is what the tests are about.
      socket.on('error', () => undefined);
      socket.on('close', () => {
        for (const other of pair) other.destroy();
        pairs.delete(pair);
      });
    }
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const through = new URL(url);
  through.hostname = '127.0.0.1';
  through.port = String((server.address() as AddressInfo).port);
  const each = (act: (pair: readonly [Socket, Socket]) => void) => {
    for (const pair of pairs) act(pair);
  };
  return {
    url: through.href,
    freeze: () => each(([near, far]) => near.unpipe(far)),
    cut: () => each(([near]) => near.destroy()),
    async stop() {
      server.close();
      each(([near]) => near.destroy());
      await once(server, 'close');
    },
  };
}

const errorOf = (act: () => Promise<unknown>): Promise<unknown> =>
  act().then(
    () => undefined,
    (reason: unknown) => reason,
  );

describeWith('redis', 'Redis away', () => {
  let db: TestDatabase;
  let redis: TestRedis;
  let line: Awaited<ReturnType<typeof openLine>>;
  let client: RedisClient;
  let server: OidcServer;
  // events.once would stop at the error that comes before.
  const comesBack = () => new Promise<void>((ready) => client.once('ready', () => ready()));

  beforeAll(async () => {
    db = await testDatabase();
    redis = await testRedis();
    line = await openLine(redis.url);
    client = openRedis({ url: line.url, cluster: false }, log);
    await comesBack();
    server = await startOidc(createAdapterFactory({ database: db.database, redis: client, vault, now }));
  });
  afterAll(async () => {
    await server.stop();
    client.disconnect();
    await line.stop();
    await redis.stop();
    await db.stop();
  });

  test('a frozen Redis is a 503 within about a second, at /token and back at the application', async () => {
    const code = await server.code(await server.grant());
    const form = { grant_type: 'authorization_code', code, redirect_uri: REDIRECT_URI };
    line.freeze();
    expect(REDIS_PATIENCE).toBe(1);
    const answer = await inTime('an answer while Redis is frozen', server.post('/token', form));
    expect(answer).toMatchObject({ status: 503, body: { error: 'temporarily_unavailable' } });
    const query = { client_id: 'portail', response_type: 'code', scope: 'openid', redirect_uri: REDIRECT_URI };
    const { location } = await server.get(`/auth?${new URLSearchParams(query)}`, {});
    expect(location?.origin).toBe(new URL(REDIRECT_URI).origin);
    expect(location?.searchParams.get('error')).toBe('temporarily_unavailable');
    expect(server.failures).toEqual([]);

    const ready = comesBack();
    line.cut();
    await ready;
    expect(await server.post('/token', form)).toMatchObject({ status: 200 });
  });

  test('a command whose answer is lost fails at once and is not sent again', async () => {
    line.freeze();
    const ready = comesBack();
    const pending = errorOf(() => client.incr('mire-test:once'));
    line.cut();
    // It did not wait for an answer until its patience was over.
    const error = await pending;
    expect(error).toBeInstanceOf(Error);
    expect(String(error)).not.toContain('timed out');
    await ready;
    expect(await client.get('mire-test:once')).toBeNull();
  });

  test('checkRedis judges what the server says of itself', async () => {
    const [, appendOnly] = (await redis.client.config('GET', 'appendonly')) as [string, string];
    const [, policy] = (await redis.client.config('GET', 'maxmemory-policy')) as [string, string];
    expect(await checkRedis(client)).toEqual(problemsOf(appendOnly, policy));
  });
});

describe('a store that is not there', () => {
  /** A port nobody listens on. */
  async function closedPort(): Promise<number> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    server.close();
    await once(server, 'close');
    return port;
  }

  test('no Redis: commands fail at once, the start check says so, models answer 503', async () => {
    const client = openRedis({ url: `redis://127.0.0.1:${await closedPort()}`, cluster: false }, log);
    const database = openDatabase({ url: 'postgres://127.0.0.1:1/none', pool: 1, singleSession: false });
    try {
      const adapter = createAdapterFactory({ database, redis: client, vault, now })('Session');
      const error = await errorOf(() => adapter.find(randomToken()));
      expect(error).toMatchObject({ statusCode: 503, error: 'temporarily_unavailable', expose: true });
      // It did not wait for an answer until its patience was over.
      expect(String((error as Error).cause)).not.toContain('timed out');
      await expect(checkRedis(client)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    } finally {
      client.disconnect();
      await database.destroy();
    }
  });

  test('no PostgreSQL: models answer 503, and keep the cause for the log', async () => {
    const url = `postgres://postgres@127.0.0.1:${await closedPort()}/none`;
    const database = openDatabase({ url, pool: 1, singleSession: false });
    try {
      const adapter = createAdapterFactory({ database, vault, now })('Grant');
      const error = await errorOf(() => adapter.find(randomToken()));
      expect(error).toMatchObject({
        statusCode: 503,
        error: 'temporarily_unavailable',
        cause: { code: 'ECONNREFUSED' },
      });
    } finally {
      await database.destroy();
    }
  });

  test('a table that is missing is our own failure, not an outage', async () => {
    const { database, stop } = await testDatabase();
    try {
      await database.raw('drop table oidc_models');
      const adapter = createAdapterFactory({ database, vault, now })('Grant');
      const error = await errorOf(() => adapter.find(randomToken()));
      expect(error).toMatchObject({ code: '42P01' });
    } finally {
      await stop();
    }
  });
});

test.each([
  ['yes', 'noeviction', []],
  ['no', 'noeviction', ['error']],
  ['yes', 'allkeys-lru', ['error']],
  ['no', 'volatile-ttl', ['error', 'error']],
  [undefined, undefined, ['warning', 'warning']],
])('Redis with appendonly %s and maxmemory-policy %s', (appendOnly, policy, levels) => {
  expect(problemsOf(appendOnly, policy).map(({ level }) => level)).toEqual(levels);
});
