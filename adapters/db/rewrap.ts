import type { Vault } from '../../src/protection/secrets.ts';
import type { Database } from './database.ts';
import { changed, first, type Queryable, query } from './query.ts';
import { SEALED_COLUMNS, type SealedColumn } from './sealed-columns.ts';

export interface Rewrapped {
  readonly column: string;
  /** Sealed again under the first key of DATA_KEYS. */
  readonly rewrapped: number;
  /** Under it already. */
  readonly current: number;
}

type Row = Readonly<Record<string, string | Buffer>> & { readonly sealed: Buffer };

const versionOf = (sealed: Buffer): number => sealed.readUInt16BE(0);

async function exists(database: Queryable, { table, column }: SealedColumn): Promise<boolean> {
  const row = await first(
    database,
    `select 1 from information_schema.columns where table_schema = 'public' and table_name = :table and column_name = :column`,
    { table, column },
  );
  return row !== undefined;
}

/** One page of rows in the order of the primary key, so that a row is looked at once whatever else happens. */
function page(database: Queryable, { table, column, key }: SealedColumn, after: Row | undefined, size: number) {
  const bindings = Object.fromEntries(key.map((name, index) => [`k${index}`, after?.[name]]));
  const past = after ? `and (${key.join(', ')}) > (${key.map((_, index) => `:k${index}`).join(', ')})` : '';
  return query<Row>(
    database,
    `select ${key.join(', ')}, ${column} as sealed from ${table} where ${column} is not null ${past}
     order by ${key.join(', ')} limit ${size}`,
    after ? bindings : {},
  );
}

async function rewrapColumn(database: Database, vault: Vault, sealed: SealedColumn, size: number): Promise<Rewrapped> {
  const { table, column, key, context } = sealed;
  let [rewrapped, current] = [0, 0];
  let after: Row | undefined;
  for (;;) {
    const rows = await page(database, sealed, after, size);
    await database.transaction(async (transaction) => {
      for (const row of rows) {
        if (versionOf(row.sealed) === vault.version) {
          current += 1;
          continue;
        }
        const fresh = vault.seal(vault.open(row.sealed, context(row)), context(row));
        const where = key.map((name, index) => `${name} = :k${index}`).join(' and ');
        const bindings = Object.fromEntries(key.map((name, index) => [`k${index}`, row[name]]));
        // Whoever wrote the row meanwhile did so under the first key: theirs stays.
        const done = await changed(
          transaction,
          `update ${table} set ${column} = :fresh where ${where} and ${column} = :old`,
          { ...bindings, fresh, old: row.sealed },
        );
        if (done) rewrapped += 1;
      }
    });
    after = rows.at(-1);
    if (rows.length < size) return { column: `${table}.${column}`, rewrapped, current };
  }
}

/**
 * Seals again, under the first data key, what an older one sealed: on a live system, in batches, each its own
 * transaction. Cut off anywhere, it is run again and goes on.
 */
export async function rewrap(database: Database, vault: Vault, size = 500): Promise<Rewrapped[]> {
  const done: Rewrapped[] = [];
  for (const column of SEALED_COLUMNS) {
    if (await exists(database, column)) done.push(await rewrapColumn(database, vault, column, size));
  }
  return done;
}
