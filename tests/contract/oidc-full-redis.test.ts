import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Redis } from 'ioredis';
import { createRedisStore } from '../../adapters/oidc/redis.ts';
import type { Row } from '../../adapters/oidc/store.ts';
import { describeWith } from '../support/jest/services.ts';
import { type OwnRedis, ownRedis } from '../support/servers/own-redis.ts';

const row = (changes: Partial<Row> = {}): Row => ({
  idHash: randomBytes(32),
  payload: randomBytes(2000),
  life: 60,
  uidHash: randomBytes(32),
  grantHash: randomBytes(32),
  userCodeHash: undefined,
  sessionHash: undefined,
  accountId: undefined,
  clientId: undefined,
  ...changes,
});

describeWith('redis-server', 'a Redis that holds as much as it may', () => {
  let server: OwnRedis;
  let client: Redis;
  beforeAll(async () => {
    server = await ownRedis();
    client = new Redis(server.url);
  });
  afterAll(async () => {
    client.disconnect();
    await server.remove();
  });

  test('takes nothing more, of strangers or of anybody, and gives what it has until there is room', async () => {
    const store = createRedisStore(client, () => new Date(), 'Interaction');
    const kept = row();
    await store.put(kept);
    await client.config('SET', 'maxmemory', '1');
    const before = await client.dbsize();
    await expect(store.put(row())).rejects.toThrow('OOM');
    await expect(store.putNew(row())).rejects.toThrow('OOM');
    await expect(store.put({ ...kept, payload: randomBytes(3000) })).rejects.toThrow('OOM');
    expect(await client.dbsize()).toBe(before);
    // Refused as a whole: the row and its index are as they were.
    expect((await store.byId(kept.idHash))?.payload).toEqual(kept.payload);
    expect((await store.byUid(kept.uidHash as Buffer))?.idHash).toEqual(kept.idHash);
    await store.remove(kept.idHash);
    expect(await store.byId(kept.idHash)).toBeUndefined();
    expect(await store.byUid(kept.uidHash as Buffer)).toBeUndefined();
    await client.config('SET', 'maxmemory', '0');
    await store.put(kept);
    expect((await store.byId(kept.idHash))?.payload).toEqual(kept.payload);
  });
});
