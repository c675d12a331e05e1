import knex, { type Knex } from 'knex';

export type Database = Knex;
export type Transaction = Knex.Transaction;

export interface DatabaseOptions {
  readonly url: string;
  readonly pool: number;
  /** PGlite is one session behind many connections: no named statements, no advisory locks, a small pool. */
  readonly singleSession: boolean;
}

/** Opens the pool. Nothing is awaited: a database that is down shows at the first query and in `/readyz`. */
export function openDatabase({ url, pool, singleSession }: DatabaseOptions): Database {
  return knex({
    client: 'pg',
    connection: { connectionString: url, application_name: 'mire', keepAlive: true, connectionTimeoutMillis: 5000 },
    pool: {
      min: 0,
      max: singleSession ? Math.min(pool, 4) : pool,
      acquireTimeoutMillis: 8000,
      idleTimeoutMillis: 30_000,
    },
    acquireConnectionTimeout: 8000,
  });
}
