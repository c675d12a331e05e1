import type { Redis } from 'ioredis';
import type { RunningMire } from '../mire.ts';

/** Rows of every table, and keys of the Redis, that hold any. */
export async function everythingKept({ database }: RunningMire, redis: Redis): Promise<Record<string, number>> {
  const { rows } = await database.database.raw<{ rows: { table: string }[] }>(
    `select table_name as table from information_schema.tables
     where table_schema = 'public' and table_type = 'BASE TABLE' and table_name !~ '^audit_[0-9]'
     order by 1`,
  );
  const kept: Record<string, number> = {};
  for (const { table } of rows) {
    const [row] = await database.database(table).count<{ count: string }[]>('* as count');
    kept[table] = Number(row?.count);
  }
  for (const key of await redis.keys('*mire:oidc*')) {
    const model = /\{(\w+)\}/.exec(key)?.[1] ?? key;
    kept[`redis:${model}`] = (kept[`redis:${model}`] ?? 0) + 1;
  }
  return kept;
}

/** What came between. */
export const grown = (before: Record<string, number>, after: Record<string, number>): Record<string, number> =>
  Object.fromEntries(
    Object.entries(after)
      .map(([name, count]) => [name, count - (before[name] ?? 0)] as const)
      .filter(([, more]) => more > 0),
  );

/** Bytes that this Redis keeps of the provider's. */
export async function bytesKept(redis: Redis): Promise<number> {
  let bytes = 0;
  for (const key of await redis.keys('*mire:oidc*')) bytes += Number(await redis.memory('USAGE', key));
  return bytes;
}
