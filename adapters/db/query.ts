import type { Knex } from 'knex';
import { reach } from '../unavailable.ts';

/** A pool, or one transaction of it: a repository does not care which. */
export type Queryable = Knex;

type Value = string | number | boolean | Date | Buffer | readonly string[] | null | undefined;
export type Bindings = Readonly<Record<string, Value>>;

/**
 * One round trip, with `:name` bindings. The statement stays unnamed: PGlite is one session, where the named ones of two
 * connections collide.
 */
export async function query<Row>(database: Queryable, sql: string, bindings: Bindings = {}): Promise<Row[]> {
  const values = Object.fromEntries(Object.entries(bindings).map(([name, value]) => [name, value ?? null]));
  const { rows } = await reach(database.raw<{ rows: Row[] }>(sql, values as Record<string, Knex.Value>));
  return rows;
}

export const first = async <Row>(database: Queryable, sql: string, bindings: Bindings = {}): Promise<Row | undefined> =>
  (await query<Row>(database, sql, bindings))[0];

/** For a statement that changes one row or none. */
export const changed = async (database: Queryable, sql: string, bindings: Bindings = {}): Promise<boolean> =>
  (await query(database, `${sql} returning 1 as one`, bindings)).length > 0;
