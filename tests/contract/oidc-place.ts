import { randomBytes } from 'node:crypto';
import type { AdapterFactory } from 'oidc-provider';
import { createAdapterFactory } from '../../adapters/oidc/adapter.ts';
import { createVault } from '../../src/protection/secrets.ts';
import { ownCluster } from '../support/servers/own-cluster.ts';
import { type DatabaseKind, kind, type TestDatabase, testDatabase } from '../support/storage/database.ts';
import { type TestRedis, testRedis } from '../support/storage/redis.ts';

/** The adapters on their stores, seen from outside. */
export interface Place {
  readonly factory: AdapterFactory;
  readonly db: TestDatabase;
  readonly redis: TestRedis | undefined;
  /** By how many seconds the adapters' clock is ahead. */
  readonly ahead: () => number;
  /** Lets so many seconds pass for what is stored. */
  pass(seconds: number): Promise<void>;
  /** Everything at rest, as text: keys, columns, values. */
  dump(): Promise<string>;
  stop(): Promise<void>;
}

/** @param request stands for the library's own request; without it the library is asked, as in the service. */
export async function openPlace(
  onRedis: boolean | 'cluster',
  request?: () => object | undefined,
  on: DatabaseKind = kind,
): Promise<Place> {
  const db = await testDatabase(on);
  const redis = onRedis === 'cluster' ? await ownCluster() : onRedis ? await testRedis() : undefined;
  const vault = createVault([`1:${randomBytes(32).toString('base64')}`], randomBytes(32).toString('base64'));
  let ahead = 0;
  const now = () => new Date(Date.now() + ahead * 1000);
  const factory = createAdapterFactory({
    database: db.database,
    redis: redis?.client,
    vault,
    now,
    ...(request ? { request } : {}),
  });
  return {
    factory,
    db,
    redis,
    ahead: () => ahead,
    async pass(seconds) {
      ahead += seconds;
      if (redis) await age(redis, seconds);
    },
    dump: async () => `${await tableText(db)}\n${redis ? await redisText(redis) : ''}`,
    async stop() {
      await redis?.stop();
      await db.stop();
    },
  };
}

/** The row as PostgreSQL prints it (bytes in hex), and its payload's bytes as they are. */
async function tableText({ database }: TestDatabase): Promise<string> {
  const { rows } = await database.raw<{ rows: { line: string; payload: Buffer }[] }>(
    'select oidc_models::text as line, payload from oidc_models order by model, id_hash',
  );
  return rows.map(({ line, payload }) => `${line} ${payload.toString('latin1')}`).join('\n');
}

async function redisText({ client }: TestRedis): Promise<string> {
  const lines: string[] = [];
  for (const key of (await client.keys('*')).sort()) lines.push(`${key} ${await valueText(client, key)}`);
  return lines.join('\n');
}

async function valueText(client: TestRedis['client'], key: string): Promise<string> {
  switch (await client.type(key)) {
    case 'hash':
      return Object.entries(await client.hgetallBuffer(key))
        .map(([name, bytes]) => `${name}=${bytes.toString('latin1')}`)
        .join(' ');
    case 'zset':
      return (await client.zrange(key, '0', '-1')).join(' ');
    default:
      return (await client.get(key)) ?? '';
  }
}

/** Brings the end of every key nearer, as that much time would. */
async function age({ client }: TestRedis, seconds: number): Promise<void> {
  for (const key of await client.keys('*')) {
    const left = (await client.pttl(key)) - seconds * 1000;
    if (left > 0) await client.pexpire(key, left);
    else await client.del(key);
  }
}
