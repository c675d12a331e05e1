import knex, { type Knex } from 'knex';
import { DATABASE_PATIENCE } from '../../config/pace.ts';
import type { Log } from '../../src/log.ts';

export type Database = Knex;
export type Transaction = Knex.Transaction;

export interface DatabaseOptions {
  readonly url: string;
  readonly pool: number;
  /** PGlite is one session behind many connections: no named statements, no advisory locks, a small pool. */
  readonly singleSession: boolean;
  /** Somebody waits for the answer: no statement may take longer than a person would. Not for migrations. */
  readonly hasty?: boolean;
  /** How many seconds that is. */
  readonly patience?: number;
  /** What knex would print on the console. */
  readonly log?: Pick<Log, 'warn' | 'error'>;
}

/**
 * Milliseconds. The server gives up first, and the connection stays good. When the server itself does not answer, the
 * client does, and says nothing more on that connection: see `atomically`.
 */
const haste = (patience: number) => ({ statement_timeout: patience, query_timeout: patience + 500 });
/** Of the patience, to get a connection: a database that restarts is waited for, one that is gone is told soon. */
const FOR_A_CONNECTION = 0.75;
/** Milliseconds where nobody waits for the answer. */
const [WAIT, CONNECT] = [8000, 4000];

/** Statements of one transaction need not wait for each other's answers. Knex hands the driver what it does not know. */
const pipelined = (pipeline: boolean): object => ({ pipeline });

/** Opens the pool. Nothing is awaited: a database that is down shows at the first query and in `/readyz`. */
export function openDatabase({
  url,
  pool,
  singleSession,
  hasty = false,
  patience = DATABASE_PATIENCE,
  log,
}: DatabaseOptions): Database {
  // PGlite serves all connections in turn: a wait there says nothing about a statement.
  const inHaste = hasty && !singleSession;
  const within = patience * 1000;
  const wait = inHaste ? within * FOR_A_CONNECTION : WAIT;
  const database = knex({
    client: 'pg',
    connection: {
      connectionString: url,
      application_name: 'mire',
      keepAlive: true,
      ...pipelined(!singleSession),
      connectionTimeoutMillis: inHaste ? within : CONNECT,
      ...(inHaste ? haste(within) : {}),
    },
    pool: {
      min: 0,
      max: singleSession ? Math.min(pool, 4) : pool,
      acquireTimeoutMillis: wait,
      idleTimeoutMillis: 30_000,
      validate: isIdle,
    },
    acquireConnectionTimeout: wait,
    ...(log ? { log: knexLog(log) } : {}),
  });
  if (singleSession) singleSessions.add(database.client.config);
  return database;
}

/** By their settings, which a pool shares with its transactions. */
const singleSessions = new WeakSet<object>();

/** Whether PGlite stands behind it: one session, where the named statements of two connections collide. */
export const isSingleSession = (database: Database): boolean => singleSessions.has(database.client.config);

/**
 * A statement given up by the client may still run, and the rollback after it may never have been sent: whoever got
 * that connection next would work inside somebody else's transaction, and lose it all.
 */
const isIdle = (connection: { readonly readyForQuery: boolean; getTransactionStatus(): string | null }): boolean =>
  connection.readyForQuery && connection.getTransactionStatus() === 'I';

function knexLog(log: Pick<Log, 'warn' | 'error'>): Knex.Logger {
  const warn = (detail: unknown) => log.warn({ detail: String(detail) }, 'the database pool complains');
  return {
    warn,
    deprecate: warn,
    error: (detail: unknown) => log.error({ detail: String(detail) }, 'the database pool failed'),
  };
}
