import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import pg from 'pg';

export type Cell = string | number | boolean | Buffer | Date | null;

const text = (cell: Cell): string => {
  if (cell === null) return '\\N';
  if (Buffer.isBuffer(cell)) return `\\\\x${cell.toString('hex')}`;
  return cell instanceof Date ? cell.toISOString() : String(cell);
};

/** Rows by COPY, through psql: foreign keys are not looked up, since who seeds knows what it wrote. */
export class Copy {
  readonly #psql;
  readonly #ended;
  #lines: string[] = [];
  rows = 0;

  constructor(url: string, table: string, columns: readonly string[]) {
    const copy = `copy ${table} (${columns.join(', ')}) from stdin`;
    this.#psql = spawn('psql', [url, '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-c', copy], {
      env: { PATH: process.env.PATH ?? '', PGOPTIONS: '-c session_replication_role=replica' },
      stdio: ['pipe', 'ignore', 'inherit'],
    });
    this.#ended = once(this.#psql, 'exit');
  }

  add(...cells: readonly Cell[]): void {
    this.#lines.push(cells.map(text).join('\t'));
    this.rows += 1;
  }

  /** Hands over what was added; waits while PostgreSQL is slower than we are. */
  async flush(): Promise<void> {
    if (this.#lines.length === 0) return;
    const chunk = `${this.#lines.join('\n')}\n`;
    this.#lines = [];
    if (!this.#psql.stdin.write(chunk)) await once(this.#psql.stdin, 'drain');
  }

  async end(): Promise<number> {
    await this.flush();
    this.#psql.stdin.end();
    const [code] = await this.#ended;
    if (code !== 0) throw new Error(`psql ended with ${code}`);
    return this.rows;
  }
}

/** Indexes and primary keys of these tables are made again at the end, from whole tables: sorted, not one row at a time. */
export async function withoutIndexes(url: string, tables: readonly string[], work: () => Promise<void>): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query<{ drop: string; make: string }>(
    `select format('alter table %s drop constraint %I', conrelid::regclass, conname) as drop,
       format('alter table %s add constraint %I %s', conrelid::regclass, conname, pg_get_constraintdef(oid)) as make
     from pg_constraint where contype in ('p', 'u') and conrelid::regclass::text = any ($1)
       and not exists (select 1 from pg_constraint f where f.contype = 'f' and f.confrelid = pg_constraint.conrelid)
     union all
     select format('drop index %s', indexrelid::regclass), pg_get_indexdef(indexrelid) from pg_index
     where indrelid::regclass::text = any ($1)
       and not exists (select 1 from pg_constraint c where c.conindid = indexrelid)`,
    [tables],
  );
  for (const { drop } of rows) await client.query(drop);
  try {
    await work();
  } finally {
    await client.query("set maintenance_work_mem = '512MB'");
    for (const { make } of rows) await client.query(make.replace(' ON ONLY ', ' ON '));
    for (const table of tables) await client.query(`analyze ${table}`);
    await client.end();
  }
}

/** What stands for chance: the same number gives the same bytes in every run. */
export const bytesOf = (kind: string, number: number): Buffer =>
  createHash('sha256').update(`${kind} ${number}`).digest();

export function uuidOf(kind: string, number: number): string {
  const bytes = bytesOf(kind, number).subarray(0, 16);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}

/** As oidc-provider makes them: 43 characters of base64url. */
export const tokenOf = (kind: string, number: number): string => bytesOf(kind, number).toString('base64url');
