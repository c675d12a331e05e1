import type { ClientBase } from 'pg';

/** One statement as it was sent, with the values of the first time. */
export interface Sent {
  readonly text: string;
  readonly values: readonly unknown[];
}

/** A step of a plan, as EXPLAIN (FORMAT JSON) writes it. */
interface Node {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Index Name'?: string;
  readonly 'Index Cond'?: string;
  readonly 'Recheck Cond'?: string;
  readonly Filter?: string;
  readonly 'Plan Rows': number;
  readonly 'Total Cost': number;
  readonly Plans?: readonly Node[];
}

/**
 * What is read whole on purpose. A part of the text, and why.
 */
const ON_PURPOSE: readonly (readonly [part: string, why: string])[] = [
  [' as sealed from ', 'a change of data key reads every row once, in pages (mire keys rewrap)'],
  ['as overdue from audit', 'mire audit verify looks for lines that were never sealed, in all of them'],
  ['from audit a where a.at < $1 and not exists', 'once a month: whether a month that goes is sealed'],
  [
    'where a.at > $1 and not exists',
    'the sealer sweeps over an hour of lines every five minutes, beside the seals of their month',
  ],
  [
    'where a.at > $1 and a.id > $2 and not exists',
    'how old the oldest line without a seal is: beside the seals of some days, which on the first of a month are all of its seals',
  ],
  ['delete from authenticators where ctid', 'one row or none for each person, looked through every ten minutes'],
  [
    'where a.id > $1 and not exists',
    'the sealer: how many lines are young decides, which a small table taken for a large one misjudges; bench:size measures it',
  ],
  ['from information_schema.columns', 'the catalogue, once for each column of a change of data key'],
];
const onPurpose = (text: string): boolean => {
  const words = text.replace(/\s+/g, ' ');
  return ON_PURPOSE.some(([part]) => words.includes(part));
};
/** Partial indexes over what is there for minutes, which are short whatever they index. */
const MOMENTARY: ReadonlySet<string> = new Set(['desktop_requests_asked', 'help_desk_requests_open']);

export interface Flaw {
  readonly flaw: 'reads the whole table' | 'reads a whole index' | 'sorts too much' | 'reads every month';
  readonly where: string;
  readonly statement: string;
}

/** Tables that a deployment of any size keeps short; reading one from end to end is the quickest. */
export const SHORT: ReadonlySet<string> = new Set([
  // One row, or one for each key, authority, structure or application.
  ...['audit_sealer', 'audit_retirements', 'signing_keys', 'card_crls', 'structures', 'clients', 'integrators'],
  ...['registration_policies', 'client_warnings', 'migrations', 'migrations_lock'],
]);

/** Rows that nobody minds sorting. */
const SORTABLE = 20_000;
const MONTH = /^(audit(?:_seals)?)_(?:\d{4}_\d{2}|default)$/;
/** A bound on the time of a line, which says which months it can stand in. */
const BOUNDED: Readonly<Record<string, RegExp>> = {
  audit: /\b(?:a\.)?at\s*(?:>=?|<)/,
  audit_seals: /\bsealed_at\s*(?:>=?|<)/,
};

const literal = (value: unknown): string => {
  if (value === null || value === undefined) return 'null';
  if (Buffer.isBuffer(value)) return `'\\x${value.toString('hex')}'`;
  if (value instanceof Date) return `'${value.toISOString()}'`;
  if (Array.isArray(value)) return `'{${value.map((one) => JSON.stringify(String(one))).join(',')}}'`;
  return `'${String(value).replaceAll("'", "''")}'`;
};

async function planOf(client: ClientBase, mode: string, call: string): Promise<Node> {
  await client.query(`set plan_cache_mode = ${mode}`);
  const { rows } = await client.query<{ 'QUERY PLAN': [{ Plan: Node }] }>(`explain (format json) ${call}`);
  const plan = rows[0]?.['QUERY PLAN'][0].Plan;
  if (!plan) throw new Error(`no plan of ${call}`);
  return plan;
}

const sizeOf = (node: Node): number => 1 + (node.Plans ?? []).reduce((sum, child) => sum + sizeOf(child), 0);

/**
 * The plans that a named statement may get: the one for its values, and the one for any values, which PostgreSQL takes
 * after five uses if it looks no dearer (plancache.c, choose_custom_plan; planning itself counts 1000 operators a relation).
 */
export async function plansOf(client: ClientBase, { text, values }: Sent): Promise<Node[]> {
  await client.query(`prepare read as ${text}`);
  try {
    const call = `execute read${values.length > 0 ? ` (${values.map(literal).join(', ')})` : ''}`;
    const own = await planOf(client, 'force_custom_plan', call);
    const general = await planOf(client, 'force_generic_plan', call);
    const planning = 2.5 * (sizeOf(own) + 1);
    return general['Total Cost'] < own['Total Cost'] + planning ? [own, general] : [own];
  } finally {
    await client.query('deallocate read');
  }
}

/**
 * @param months how many partitions there are
 * @param empty tables without a row, such as the months to come
 */
export function flawsOf(plan: Node, { text }: Sent, months: number, empty: ReadonlySet<string>): Flaw[] {
  const flaws: Flaw[] = [];
  const seen: Record<string, number> = {};
  const found = (flaw: Flaw['flaw'], where = '') => flaws.push({ flaw, where, statement: text.replace(/\s+/g, ' ') });

  function walk(node: Node, limited: boolean): void {
    const type = node['Node Type'];
    const table = node['Relation Name'] ?? node['Index Name'] ?? '';
    const parent = MONTH.exec(table)?.[1];
    const looks =
      /Scan$/.test(type) && !['Bitmap Heap Scan', 'CTE Scan', 'Function Scan', 'Subquery Scan'].includes(type);
    if (parent && /Scan$/.test(type) && type !== 'Bitmap Index Scan') seen[parent] = (seen[parent] ?? 0) + 1;
    if (type === 'Seq Scan' && !SHORT.has(table) && !empty.has(table)) found('reads the whole table', table);
    if (
      looks &&
      type.includes('Index') &&
      !node['Index Cond'] &&
      !SHORT.has(table) &&
      !MOMENTARY.has(node['Index Name'] ?? '') &&
      (node.Filter || !limited)
    )
      found('reads a whole index', node['Index Name'] ?? table);
    if (/Sort$/.test(type) && (node.Plans ?? []).some((child) => child['Plan Rows'] > SORTABLE))
      found('sorts too much');
    const inner = limited || type === 'Limit' || type === 'Result';
    const passes = ['Limit', 'Append', 'Merge Append', 'Result', 'LockRows', 'Subquery Scan', 'Nested Loop'].includes(
      type,
    );
    for (const child of node.Plans ?? []) walk(child, passes && inner);
  }
  walk(plan, false);
  for (const [parent, bound] of Object.entries(BOUNDED))
    if ((seen[parent] ?? 0) >= months && bound.test(text)) found('reads every month', parent);
  return flaws;
}

/** Rows that a table is taken to have at least. */
const LARGE = 1_000_000;

/**
 * Lets the planner see a million rows in every table that grows, where there are thousands or a handful: what it knows of
 * the values stays as it was measured, and where there was too little to measure it assumes what it does of any table.
 */
export async function takeForLarge(client: ClientBase): Promise<void> {
  await client.query('analyze');
  const { rows } = await client.query<{ name: string; rows: number }>(
    `select c.oid::regclass::text as name, c.reltuples::float8 as rows from pg_class c
     where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace`,
  );
  for (const { name, rows: few } of rows.filter((row) => !SHORT.has(row.name))) {
    if (few === 0 && !MONTH.test(name)) await openPage(client, name);
    await client.query(`alter table ${name} set (autovacuum_enabled = false)`);
    // Partitions that are still to come stay empty.
    if (few === 0 && MONTH.test(name)) continue;
    if (few < 500) await client.query('delete from pg_statistic where starelid = $1::regclass', [name]);
    await client.query(
      `update pg_class set reltuples = $2, relpages = greatest(relpages, 1) where oid = $1::regclass
         or oid in (select indexrelid from pg_index where indrelid = $1::regclass and indpred is null)`,
      [name, LARGE],
    );
  }
}

/** A row that does not stay leaves its page, without which a table counts as empty whatever is said of it. */
async function openPage(client: ClientBase, name: string): Promise<void> {
  const { rows } = await client.query<{ column: string; value: string }>(
    `select quote_ident(attname) as column, case
       when atttypid in ('text'::regtype, 'varchar'::regtype) then $$'sms'$$
       when atttypid = 'bytea'::regtype then $$'\\x00'$$
       when atttypid = 'uuid'::regtype then 'gen_random_uuid()'
       when atttypid in ('timestamptz'::regtype) then 'now()'
       when atttypid in ('int4'::regtype, 'int8'::regtype) then '1'
       when atttypid = 'bool'::regtype then 'false'
       when atttypid = 'jsonb'::regtype then $$'{}'$$
       else $$'{}'$$ end as value
     from pg_attribute where attrelid = $1::regclass and attnum > 0 and attnotnull and not attisdropped
       and not atthasdef and attidentity = ''`,
    [name],
  );
  await client.query("begin; set local session_replication_role = 'replica'");
  try {
    await client.query(
      `insert into ${name} (${rows.map(({ column }) => column).join(', ')}) values (${rows.map(({ value }) => value).join(', ')})`,
    );
  } finally {
    await client.query('rollback');
  }
}

/**
 * Every flaw of these statements, on the database that the client is connected to. Nothing is executed.
 * @param few tables of no more rows than this are rightly read whole
 */
export async function readFlaws(client: ClientBase, statements: readonly Sent[], few = 0): Promise<Flaw[]> {
  const { rows } = await client.query<{ count: number }>(
    `select cast(count(*) as integer) as count from pg_inherits where inhparent = 'audit'::regclass`,
  );
  const nothing = await client.query<{ name: string }>(
    `select oid::regclass::text as name from pg_class
     where relnamespace = 'public'::regnamespace and relkind = 'r' and (pg_relation_size(oid) = 0 or reltuples <= $1)`,
    [few],
  );
  const empty = new Set(nothing.rows.map(({ name }) => name));
  const flaws = new Map<string, Flaw>();
  for (const sent of statements.filter(({ text }) => !onPurpose(text))) {
    for (const plan of await plansOf(client, sent))
      for (const flaw of flawsOf(plan, sent, rows[0]?.count ?? 0, empty))
        flaws.set(`${flaw.flaw} ${flaw.where.replace(/_\d{4}_\d{2}/, '')} ${flaw.statement}`, flaw);
  }
  return [...flaws.values()];
}
