import type { Database } from './database.ts';
import { first, query } from './query.ts';
import { SEALED_COLUMNS, type SealedColumn } from './sealed-columns.ts';

export interface Forgotten {
  readonly column: string;
  /** Rows that went, or whose value did. */
  readonly rows: number;
}

interface Described {
  readonly is_nullable: 'YES' | 'NO';
}

/** A value that a row can do without goes alone; otherwise the row goes, with what depends on it. */
async function forget(
  database: Database,
  { table, column }: SealedColumn,
  version: number,
): Promise<Forgotten | undefined> {
  const described = await first<Described>(
    database,
    `select is_nullable from information_schema.columns
     where table_schema = 'public' and table_name = :table and column_name = :column`,
    { table, column },
  );
  if (!described) return undefined;
  const sealed = `get_byte(${column}, 0) * 256 + get_byte(${column}, 1) = :version`;
  const gone = await query(
    database,
    described.is_nullable === 'YES'
      ? `update ${table} set ${column} = null where ${sealed} returning 1`
      : `delete from ${table} where ${sealed} returning 1`,
    { version },
  );
  return { column: `${table}.${column}`, rows: gone.length };
}

/** Takes away what only a data key opens that is lost for good: until then it fails whoever meets it. */
export async function forgetLost(database: Database, version: number): Promise<Forgotten[]> {
  const done: Forgotten[] = [];
  for (const column of SEALED_COLUMNS) {
    const forgotten = await forget(database, column, version);
    if (forgotten) done.push(forgotten);
  }
  return done;
}
