import { isNativeError } from 'node:util/types';
import type { ClientBase } from 'pg';
import { reach } from '../unavailable.ts';
import { type Database, isSingleSession } from './database.ts';
import { execute } from './prepared.ts';
import { statementOf } from './statement.ts';

/** A pool, or one transaction of it: a repository does not care which. */
export interface Queryable {
  readonly isTransaction?: boolean;
  transaction<T>(work: (transaction: Queryable) => Promise<T>): Promise<T>;
}

type Value = string | number | boolean | Date | Buffer | readonly string[] | null | undefined;
export type Bindings = Readonly<Record<string, Value>>;

/** in_failed_sql_transaction */
const isAborted = (error: unknown): boolean => isNativeError(error) && 'code' in error && error.code === '25P02';

/** One connection between BEGIN and COMMIT. */
class Transaction implements Queryable {
  readonly isTransaction = true;
  readonly #database: Database;
  readonly #connection: ClientBase;
  #last: Promise<unknown> = Promise.resolve();
  #over = false;
  #failure: unknown;

  constructor(database: Database, connection: ClientBase) {
    this.#database = database;
    this.#connection = connection;
  }

  /** Statements that do not wait for one another may be sent together, and run in the order they were sent in. */
  send<Row>(sql: string, bindings: Bindings): Promise<Row[]> {
    const now = async () => {
      // Somebody else may have the connection by now.
      if (this.#over) throw new Error('the transaction is over');
      try {
        return await send<Row>(this.#database, this.#connection, sql, bindings);
      } catch (error) {
        this.#failure ??= error;
        // What was sent along with a statement that failed has no reason of its own.
        throw isAborted(error) ? this.#failure : error;
      }
    };
    if (!isSingleSession(this.#database)) return now();
    const next = this.#last.then(now);
    this.#last = next.catch(() => undefined);
    return next;
  }

  /** Nothing more is sent: its work was given up while a part of it went on. */
  end(): void {
    this.#over = true;
  }

  /** One within the other is one. */
  transaction<T>(work: (transaction: Queryable) => Promise<T>): Promise<T> {
    return work(this);
  }
}

/**
 * Knex keeps the pool, the migrations and whoever asks it directly; our own statements go to the driver as they are
 * written. Building each of them anew cost twice as much as sending it.
 */
const poolOf = (database: Database) =>
  (
    database as unknown as {
      client: { acquireConnection(): Promise<ClientBase>; releaseConnection(one: ClientBase): void };
    }
  ).client;

async function send<Row>(database: Database, connection: ClientBase, sql: string, bindings: Bindings): Promise<Row[]> {
  const statement = statementOf(sql);
  const { text, parameters } = statement;
  const values = parameters.map((parameter) => bindings[parameter] ?? null);
  database.emit('query', { sql: text, bindings: values });
  if (!isSingleSession(database) && values.length > 0) return execute(connection, statement, values);
  const { rows } = await connection.query({ text, values });
  return rows as Row[];
}

/** Those who read in one turn of the event loop, and the connection they do it on. */
class Readers {
  readonly connection: Promise<ClientBase>;
  readonly #release: (connection: ClientBase) => void;
  #reading = 0;
  #joined = 0;

  constructor(connection: Promise<ClientBase>, release: (connection: ClientBase) => void) {
    this.connection = connection;
    this.#release = release;
  }

  /** One that takes long keeps those behind it waiting, so that few share a connection. */
  get full(): boolean {
    return this.#joined >= 8;
  }

  async read<Row>(send: (connection: ClientBase) => Promise<Row[]>): Promise<Row[]> {
    this.#joined += 1;
    this.#reading += 1;
    const connection = await this.connection;
    try {
      return await send(connection);
    } finally {
      this.#reading -= 1;
      if (this.#reading === 0) this.#release(connection);
    }
  }
}

const readers = new WeakMap<Database, Readers>();

/** What only reads needs no connection of its own: each statement is a transaction of its own, whatever follows it. */
function readersOf(database: Database): Readers {
  const open = readers.get(database);
  if (open && !open.full) return open;
  const pool = poolOf(database);
  const opened = new Readers(pool.acquireConnection(), (connection) => pool.releaseConnection(connection));
  readers.set(database, opened);
  // Before any answer can be there: nobody joins those whose connection went back.
  setImmediate(() => {
    if (readers.get(database) === opened) readers.delete(database);
  });
  return opened;
}

/** One round trip, with `:name` bindings. */
export async function query<Row>(queryable: Queryable, sql: string, bindings: Bindings = {}): Promise<Row[]> {
  if (queryable instanceof Transaction) return reach(queryable.send<Row>(sql, bindings));
  const database = queryable as Database;
  if (statementOf(sql).reads && !isSingleSession(database))
    return reach(readersOf(database).read((connection) => send<Row>(database, connection, sql, bindings)));
  const pool = poolOf(database);
  return reach(
    pool.acquireConnection().then(async (connection) => {
      try {
        return await send<Row>(database, connection, sql, bindings);
      } finally {
        pool.releaseConnection(connection);
      }
    }),
  );
}

export const first = async <Row>(database: Queryable, sql: string, bindings: Bindings = {}): Promise<Row | undefined> =>
  (await query<Row>(database, sql, bindings))[0];

/** For a statement that changes one row or none. */
export const changed = async (database: Queryable, sql: string, bindings: Bindings = {}): Promise<boolean> =>
  (await query(database, `${sql} returning 1 as one`, bindings)).length > 0;

/** What pg says when it stopped waiting; `reach` may have said it again. */
const isUnanswered = (error: unknown): boolean =>
  isNativeError(error) && (error.message === 'Query read timeout' || isUnanswered(error.cause));

/** Does all of it on one connection, or nothing. Within another transaction it is part of that one. */
export async function atomically<T>(queryable: Queryable, work: (transaction: Queryable) => Promise<T>): Promise<T> {
  if (queryable.isTransaction) return work(queryable);
  const database = queryable as Database;
  const pool = poolOf(database);
  const connection = await pool.acquireConnection();
  const pipelined = !isSingleSession(database);
  const say = (text: string): Promise<unknown> => {
    database.emit('query', { sql: text, bindings: [] });
    return pipelined ? execute(connection, statementOf(text), []) : connection.query(text);
  };
  const transaction = new Transaction(database, connection);
  try {
    // Leaves with the first statement; nothing that it failed before is committed.
    const begun = say('begin');
    if (!pipelined) await begun;
    const [result] = await Promise.all([work(transaction), begun]);
    transaction.end();
    await say('commit');
    return result;
  } catch (error) {
    transaction.end();
    // A connection that cannot roll back is not idle, and the pool gives it to nobody (see database.ts). One that did not
    // answer is not asked: somebody waits to be told.
    if (!isUnanswered(error)) await say('rollback').catch(() => undefined);
    throw error;
  } finally {
    pool.releaseConnection(connection);
  }
}
