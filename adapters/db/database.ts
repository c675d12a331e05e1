import knex, { type Knex } from 'knex';
import { DATABASE_PATIENCE, STATEMENT_LIMITS } from '../../config/pace.ts';
import type { Log } from '../../src/log.ts';
import { type Connection, type ConnectionSettings, connectAlone } from './connection.ts';
import { type Servers, serversOf } from './servers.ts';

export type Database = Knex;
export type Transaction = Knex.Transaction;

/** What the statements of a pool are part of: it says how long each may take. */
export type Work = 'request' | keyof typeof STATEMENT_LIMITS;

export interface DatabaseOptions {
  readonly url: string;
  readonly pool: number;
  /** PGlite is one session behind many connections: no named statements, no advisory locks, a small pool. */
  readonly singleSession: boolean;
  /** By default a report's: a command that somebody waits for, and that reads much. */
  readonly work?: Work;
  /** Seconds that a person waits, and so a request. */
  readonly patience?: number;
  /** What knex would print on the console. */
  readonly log?: Pick<Log, 'warn' | 'error'>;
}

/**
 * Milliseconds. The server gives up first, and the connection stays good. When the server itself does not answer, the
 * client does, and says nothing more on that connection: see `atomically`.
 */
const limits = (seconds: number) => ({ statement_timeout: seconds * 1000, query_timeout: seconds * 1000 + 500 });
/** Of the patience, to get a connection: a database that restarts is waited for, one that is gone is told soon. */
const FOR_A_CONNECTION = 0.75;
/** Milliseconds where nobody waits for the answer. */
const [WAIT, CONNECT] = [8000, 4000];
/** Milliseconds for each of several servers: the one that answers may be the last. */
const EACH = 1500;

/** Statements of one transaction need not wait for each other's answers. Knex hands the driver what it does not know. */
const pipelined = (pipeline: boolean): object => ({ pipeline });

/** Milliseconds that one server has to take us. */
function connectWithin({ address, places }: Servers, patience: number): number {
  if (address.connectTimeout) return address.connectTimeout * 1000;
  return places.length > 1 ? Math.min(EACH, patience) : patience;
}

/** Opens the pool. Nothing is awaited: a database that is down shows at the first query and in `/readyz`. */
export function openDatabase({
  url,
  pool,
  singleSession,
  work = 'report',
  patience = DATABASE_PATIENCE,
  log,
}: DatabaseOptions): Database {
  // PGlite serves all connections in turn: a wait there says nothing about a statement.
  const inHaste = work === 'request' && !singleSession;
  const wait = inHaste ? patience * 1000 * FOR_A_CONNECTION : WAIT;
  const servers = serversOf(url);
  const settings: ConnectionSettings = {
    servers,
    singleSession,
    application_name: 'mire',
    ...pipelined(!singleSession),
    connectionTimeoutMillis: connectWithin(servers, inHaste ? patience * 1000 : CONNECT),
    ...(singleSession ? {} : limits(work === 'request' ? patience : STATEMENT_LIMITS[work])),
  };
  const database = knex({
    client: 'pg',
    // Knex opens none itself: see below.
    connection: {},
    pool: {
      min: 0,
      max: singleSession ? Math.min(pool, 4) : pool,
      acquireTimeoutMillis: wait,
      idleTimeoutMillis: 30_000,
      validate: isWell,
    },
    acquireConnectionTimeout: wait,
    ...(log ? { log: knexLog(log) } : {}),
  });
  // Where knex opens a connection, to a server of its own choice.
  database.client._acquireOnlyConnection = () => connectAlone(settings);
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
const isWell = (connection: Connection): boolean => connection.isIdle && !connection.isRetired;

function knexLog(log: Pick<Log, 'warn' | 'error'>): Knex.Logger {
  const warn = (detail: unknown) => log.warn({ detail: String(detail) }, 'the database pool complains');
  return {
    warn,
    deprecate: warn,
    error: (detail: unknown) => log.error({ detail: String(detail) }, 'the database pool failed'),
  };
}
