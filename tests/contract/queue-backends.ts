import type { QueueSettings } from '../../adapters/queue/bullmq.ts';
import { createLog } from '../../src/log.ts';
import { PROMPT_QUEUE } from '../support/pace.ts';
import type { OwnCluster } from '../support/servers/own-cluster.ts';
import { type DatabaseKind, type TestDatabase, testDatabase } from '../support/storage/database.ts';
import { type TestRedis, testRedis } from '../support/storage/redis.ts';

const log = createLog('silent');

export interface Backend {
  readonly settings: QueueSettings;
  /** Everything the queue keeps, as text. */
  dump(): Promise<string>;
  stop(): Promise<void>;
}

export async function onDatabase(kind: DatabaseKind): Promise<Backend> {
  const { url, singleSession, database, stop }: TestDatabase = await testDatabase(kind);
  return {
    settings: { database: url, singleSession, log, pace: PROMPT_QUEUE },
    async dump() {
      const { rows } = await database.raw(
        'select (select json_agg(j) from bullmq.job j) as jobs, (select json_agg(e) from bullmq.event e) as events',
      );
      return JSON.stringify(rows);
    },
    stop,
  };
}

export async function onRedis(cluster?: OwnCluster): Promise<Backend> {
  const { url, client, stop }: TestRedis = cluster ?? (await testRedis());
  const database = 'postgres://nobody@127.0.0.1:1/none';
  return {
    settings: {
      redis: { url, cluster: cluster !== undefined },
      database,
      singleSession: false,
      log,
      pace: PROMPT_QUEUE,
    },
    async dump() {
      const all: unknown[] = [];
      for (const key of await client.keys('*')) {
        const type = await client.type(key);
        if (type === 'hash') all.push(key, await client.hgetall(key));
        else if (type === 'stream') all.push(key, await client.xrange(key, '-', '+'));
        else all.push(key, type);
      }
      return JSON.stringify(all);
    },
    stop: () => (cluster ? client.flushdb().then(() => undefined) : stop()),
  };
}
