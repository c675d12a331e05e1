import { readdirSync } from 'node:fs';
import { afterEach, describe, expect, test } from '@jest/globals';
import { openDatabase } from '../../adapters/db/database.ts';
import { MIGRATIONS, migrate, pendingMigrations } from '../../adapters/db/migrate.ts';
import { describeWith } from '../support/jest/services.ts';
import { type DatabaseKind, emptyDatabase, type TestDatabase } from '../support/storage/database.ts';

const files = readdirSync(new URL('../../migrations/', import.meta.url)).sort();
const started: TestDatabase[] = [];

async function empty(kind: DatabaseKind): Promise<TestDatabase> {
  const database = await emptyDatabase(kind);
  started.push(database);
  return database;
}
afterEach(async () => {
  for (const database of started.splice(0)) await database.stop();
});

/** Columns, constraints and indexes: what a migration leaves behind. */
async function schemaOf({ database }: TestDatabase): Promise<string[]> {
  const { rows } = await database.raw(`
    select 'column ' || table_name || '.' || column_name || ' ' || data_type || ' ' || is_nullable || ' '
        || coalesce(column_default, '') as line
      from information_schema.columns where table_schema = 'public'
    union all
    select 'index ' || indexdef from pg_indexes where schemaname = 'public'
    union all
    select 'constraint ' || conrelid::regclass || ' ' || pg_get_constraintdef(oid) from pg_constraint
      where connamespace = 'public'::regnamespace
    order by line`);
  return rows.map((row: { line: string }) => row.line);
}

const rules = (kind: DatabaseKind) => () => {
  test('every migration runs once, goes back, and makes the same schema again', async () => {
    const ground = await empty(kind);
    const { database, url, singleSession } = ground;
    expect(await pendingMigrations(database)).toEqual(files);
    expect(await migrate(database, url, singleSession)).toEqual(files);
    expect(await pendingMigrations(database)).toEqual([]);
    const schema = await schemaOf(ground);
    expect(schema).toContainEqual(expect.stringMatching(/^column accounts\.login_key text/));

    await database.migrate.rollback(MIGRATIONS, true);
    const bare = (await schemaOf(ground)).filter((line) => !/\bmigrations(_lock|_id|_index)?\b/.test(line));
    expect(bare).toEqual([]);

    expect(await migrate(database, url, singleSession)).toEqual(files);
    expect(await schemaOf(ground)).toEqual(schema);
    expect(await migrate(database, url, singleSession)).toEqual([]);
  });

  test('the tables of the queue are there, in a schema of their own', async () => {
    const { database, url, singleSession } = await empty(kind);
    await migrate(database, url, singleSession);
    const { rows } = await database.raw("select 1 from pg_tables where schemaname = 'bullmq' and tablename = 'job'");
    expect(rows).toHaveLength(1);
  });

  test('a process killed while it migrated leaves no lock that stops the next one', async () => {
    const { database, url, singleSession } = await empty(kind);
    await migrate(database, url, singleSession);
    await database.migrate.rollback(MIGRATIONS);
    await database.raw('update migrations_lock set is_locked = 1');
    expect(await migrate(database, url, singleSession)).toEqual(files);
  });
};

describeWith('postgres', 'migrations, on PostgreSQL', () => {
  rules('postgres')();

  test('five processes that start at once on an empty database all succeed, and each migration runs once', async () => {
    const { url, database } = await empty('postgres');
    const replicas = Array.from({ length: 5 }, () => openDatabase({ url, pool: 2, singleSession: false }));
    const ran = await Promise.all(replicas.map((replica) => migrate(replica, url, false)));
    for (const replica of replicas) await replica.destroy();
    expect(ran.filter((names) => names.length > 0)).toEqual([files]);
    const { rows } = await database.raw('select name from migrations order by id');
    expect(rows.map((row: { name: string }) => row.name)).toEqual(files);
  });
});

describe('migrations, on PGlite', rules('pglite'));
