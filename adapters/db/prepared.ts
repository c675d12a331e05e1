import pg, { type ClientBase } from 'pg';
import { type Corkable, leaveTogether } from '../leave-together.ts';
import type { Statement } from './statement.ts';

/** What of the driver's connection a statement needs; the driver's types leave it out. */
interface Wire {
  readonly stream: Corkable;
  readonly parsedStatements: Readonly<Record<string, string | undefined>>;
  /** Sent, and not answered yet. */
  readonly submittedNamedStatements: Record<string, string | undefined>;
  parse(statement: { name: string; text: string }): void;
  bind(portal: { statement: string; values: readonly unknown[]; valueMapper: (value: unknown) => unknown }): void;
  describe(portal: { type: 'P' }): void;
  execute(): void;
  sync(): void;
}

interface Columns {
  readonly names: readonly string[];
  readonly parsers: readonly ((text: string) => unknown)[];
  /** Every column, null: rows made from it share one shape. */
  readonly empty: Readonly<Record<string, unknown>>;
}

/**
 * The columns of each statement, as each connection was told once. PostgreSQL itself refuses to run a prepared statement
 * whose columns changed, so they are good for as long as the connection is.
 */
const told = new WeakMap<Wire, Map<string, Columns>>();

/** The driver asks for text, and reads the local time zone to write a date. */
function toParameter(value: unknown): unknown {
  if (value === null || value === undefined) return null;
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return `{${value.map((item) => `"${String(item).replace(/["\\]/g, '\\$&')}"`).join()}}`;
  return Buffer.isBuffer(value) ? value : String(value);
}

/**
 * One execution of a statement that has a name, for `client.query`. The driver's own query is told the columns anew at
 * every execution and reads them anew: that was half of what a statement cost here.
 */
class Prepared<Row> {
  /** What the client writes down once PostgreSQL has parsed it. */
  readonly name: string;
  readonly text: string;
  callback: (error: Error | null, rows?: Row[]) => void;
  readonly #client: ClientBase;
  readonly #values: readonly unknown[];
  readonly #rows: Row[] = [];
  #wire: Wire | undefined;
  #columns: Columns | undefined;
  #failed: Error | undefined;

  constructor(
    client: ClientBase,
    { name, text }: Statement,
    values: readonly unknown[],
    callback: (error: Error | null, rows?: Row[]) => void,
  ) {
    this.#client = client;
    this.name = name;
    this.text = text;
    this.#values = values;
    this.callback = callback;
  }

  submit(wire: Wire): void {
    this.#wire = wire;
    this.#columns = told.get(wire)?.get(this.name);
    leaveTogether(wire.stream);
    if ((wire.parsedStatements[this.name] ?? wire.submittedNamedStatements[this.name]) === undefined) {
      wire.parse(this);
      wire.submittedNamedStatements[this.name] = this.text;
    }
    wire.bind({ statement: this.name, values: this.#values, valueMapper: toParameter });
    if (!this.#columns) wire.describe({ type: 'P' });
    wire.execute();
    wire.sync();
  }

  handleRowDescription({ fields }: { fields: readonly { name: string; dataTypeID: number }[] }): void {
    this.#columns = {
      names: fields.map(({ name }) => name),
      parsers: fields.map(({ dataTypeID }) => this.#client.getTypeParser(dataTypeID, 'text')),
      empty: Object.fromEntries(fields.map(({ name }) => [name, null])),
    };
    if (!this.#wire) return;
    const known = told.get(this.#wire) ?? new Map<string, Columns>();
    told.set(this.#wire, known.set(this.name, this.#columns));
  }

  handleDataRow({ fields }: { fields: readonly (string | null)[] }): void {
    const columns = this.#columns;
    if (columns?.names.length !== fields.length) {
      this.#failed = new Error(`a row of ${this.name} has other columns than the statement`);
      return;
    }
    const row: Record<string, unknown> = { ...columns.empty };
    for (const [i, name] of columns.names.entries()) {
      const value = fields[i];
      if (typeof value === 'string') row[name] = columns.parsers[i]?.(value);
    }
    this.#rows.push(row as Row);
  }

  handleCommandComplete(): void {}

  handleReadyForQuery(): void {
    if (this.#failed) this.callback(this.#failed);
    else this.callback(null, this.#rows);
  }

  handleError(error: Error): void {
    this.callback(error);
  }
}

// A pipelined connection takes no other kind of query. The driver's constructor, which would copy the statement and make
// room for events nobody listens to, never runs.
Object.setPrototypeOf(Prepared.prototype, pg.Query.prototype);

/** Runs a statement by its name on this connection. */
export function execute<Row>(client: ClientBase, statement: Statement, values: readonly unknown[]): Promise<Row[]> {
  return new Promise((resolve, reject) => {
    const prepared = new Prepared<Row>(client, statement, values, (error, rows) => {
      if (error) reject(error);
      else resolve(rows ?? []);
    });
    client.query(prepared as never);
  });
}
