import { readdir } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { runMigrations } from 'bullmq';
import type { Knex } from 'knex';
import type pg from 'pg';
import { STATEMENT_LIMITS } from '../../config/pace.ts';
import type { Log } from '../../src/log.ts';
import { connectAlone } from './connection.ts';
import type { Database } from './database.ts';
import { serversOf } from './servers.ts';

const FOLDER = new URL('../../migrations/', import.meta.url);
/** Any number nobody else uses: N replicas that start at once migrate one after the other. */
const LOCK = 6_473_121;

/** Of the connection that holds the lock and moves the queue's schema, in milliseconds. */
const WITHIN = { connectionTimeoutMillis: 4000, query_timeout: STATEMENT_LIMITS.migration * 1000 };

interface Migration {
  up(knex: Knex): Promise<void>;
  down(knex: Knex): Promise<void>;
}

const source: Knex.MigrationSource<string> = {
  getMigrations: async () => (await readdir(FOLDER)).filter((name) => name.endsWith('.ts')).sort(),
  getMigrationName: (name) => name,
  getMigration: async (name) => (await import(pathToFileURL(new URL(name, FOLDER).pathname).href)) as Migration,
};

export const MIGRATIONS: Knex.MigratorConfig = { migrationSource: source, tableName: 'migrations' };

/**
 * Brings the schema up to date, ours and the queue's. Safe when several processes do it at once; a process killed in
 * the middle leaves the schema of the last whole migration and no lock behind.
 * @returns the names of the migrations that ran.
 */
export async function migrate(
  database: Database,
  url: string,
  singleSession: boolean,
  log?: Pick<Log, 'warn'>,
): Promise<string[]> {
  const guard = await connectAlone({ servers: serversOf(url), singleSession, kept: true, ...WITHIN });
  try {
    if (!singleSession) await lock(guard);
    // The advisory lock ends with its connection, knex's own lock row does not: ours decides.
    await database.migrate.forceFreeMigrationsLock(MIGRATIONS);
    const [, ran] = (await database.migrate.latest(MIGRATIONS)) as [number, string[]];
    await runMigrations(guard);
    await grant(guard, log);
    // One PGlite session serves every connection, so what BullMQ sets on its own ones is set for all.
    if (singleSession) await guard.query('set search_path to public, bullmq');
    return ran;
  } finally {
    await guard.end();
  }
}

/** Asks again and again: who waited inside one statement would be waited for by an index that is made concurrently. */
async function lock(guard: pg.Client): Promise<void> {
  for (;;) {
    const { rows } = await guard.query<{ mine: boolean }>('select pg_try_advisory_lock($1) as mine', [LOCK]);
    if (rows[0]?.mine) return;
    await wait(200);
  }
}

/** The rights of the service's role, on what is new too. Where they cannot be given, it says so and goes on. */
async function grant(guard: pg.Client, log: Pick<Log, 'warn'> | undefined): Promise<void> {
  const { rows } = await guard.query<{ problem: string | null }>('select mire_grants() as problem');
  const problem = rows[0]?.problem;
  if (problem) log?.warn({ problem }, 'no role keeps the service from changing the audit: see docs/operations.md');
}

/** Names of migrations that have not run: what `/readyz` asks. */
export async function pendingMigrations(database: Database): Promise<string[]> {
  const [, pending] = (await database.migrate.list(MIGRATIONS)) as [unknown, (string | { file: string })[]];
  return pending.map((item) => (typeof item === 'string' ? item : item.file));
}
