import type { Redis } from 'ioredis';
import type { Place } from '../http/needles.ts';
import type { TestDatabase } from './database.ts';

/** Bytes as text that holds whatever ASCII stands in them, and in hex. */
const textOf = (value: unknown): string => {
  if (value === null || value === undefined) return '';
  if (Buffer.isBuffer(value))
    return `${value.toString('latin1')}\n${value.toString('hex')}\n${value.toString('base64')}`;
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return value.map(textOf).join('\n');
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
};

/** Every value of every table of every schema. */
export async function dumpDatabase({ database }: Pick<TestDatabase, 'database'>): Promise<Place[]> {
  const { rows: tables } = await database.raw<{ rows: { schema: string; name: string }[] }>(
    // Partitions are read through their table.
    `select n.nspname as schema, c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where c.relkind in ('r', 'p') and not c.relispartition and n.nspname not in ('pg_catalog', 'information_schema')`,
  );
  const places: Place[] = [];
  for (const { schema, name } of tables) {
    const { rows } = await database.raw<{ rows: Record<string, unknown>[] }>('select * from ??.??', [schema, name]);
    for (const row of rows) {
      for (const [column, value] of Object.entries(row))
        places.push({ place: `${schema}.${name}.${column}`, text: textOf(value) });
    }
  }
  return places;
}

/** Every key of one Redis database, and every value of every type. */
export async function dumpRedis(redis: Redis): Promise<Place[]> {
  const places: Place[] = [];
  for (const key of await redis.keys('*')) {
    const type = await redis.type(key);
    // It ended while the others were read.
    if (type === 'none') continue;
    const read = READERS[type];
    if (!read) throw new Error(`a Redis ${type} cannot be read here`);
    const place = `redis ${key.split(':').slice(0, 3).join(':')}`;
    places.push({ place, text: key }, { place, text: textOf(await read(redis, key)) });
  }
  return places;
}

const READERS: Readonly<Record<string, (redis: Redis, key: string) => Promise<unknown>>> = {
  string: (redis, key) => redis.getBuffer(key),
  hash: async (redis, key) => Object.entries(await redis.hgetallBuffer(key)).flat(),
  list: (redis, key) => redis.lrangeBuffer(key, 0, -1),
  set: (redis, key) => redis.smembersBuffer(key),
  zset: (redis, key) => redis.zrangeBuffer(key, '0', '-1'),
  stream: (redis, key) => redis.xrange(key, '-', '+'),
};
