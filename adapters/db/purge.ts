import { setTimeout as wait } from 'node:timers/promises';
import { CARE } from '../../config/lives.ts';
import { type Queryable, query } from './query.ts';

const DAY = 24 * 60 * 60 * 1000;
/** What was taken away comes back with the account as it was (src/accounts/as-it-was.ts): kept a day longer than what says so. */
const JOURNAL = CARE.journal * 1000 + DAY;

interface Rule {
  readonly keepMs: number;
  readonly by?: string;
  /** By default: what is older than that. */
  readonly where?: string;
}

/**
 * What may go, by table. Expired tokens and limits stay one day longer, so that a reuse is still seen as one. Workers
 * that purge at the same time skip each other's rows. `by`: the time that an index knows them by, oldest first, so that a
 * batch never reads again what the batches before it left to vacuum.
 */
const RULES = {
  flows: { keepMs: 0, by: 'expires_at' },
  card_handovers: { keepMs: 0, by: 'expires_at' },
  desktop_requests: { keepMs: DAY, by: 'expires_at' },
  desktop_sessions: { keepMs: 30 * DAY, by: 'expires_at' },
  invitations: { keepMs: 30 * DAY, by: 'expires_at' },
  sign_up_drafts: { keepMs: 0, by: 'expires_at' },
  upstream_logouts: { keepMs: DAY, by: 'expires_at' },
  challenges: { keepMs: 2 * DAY, by: 'created_at' },
  notices: { keepMs: 30 * DAY, by: 'created_at' },
  undos: { keepMs: JOURNAL - CARE.undo * 1000, by: 'expires_at' },
  passkeys: { keepMs: JOURNAL, by: 'removed_at' },
  passkey_challenges: { keepMs: 0, by: 'expires_at' },
  authenticators: { keepMs: JOURNAL, where: 'removed_at < :before or (confirmed_at is null and created_at < :before)' },
  help_desk_requests: { keepMs: 30 * DAY, by: 'expires_at' },
  recoveries: { keepMs: 0, by: 'expires_at' },
  sessions: {
    keepMs: 30 * DAY,
    by: 'started_at',
    where: 'started_at < :before and (ended_at is null or ended_at < :before)',
  },
  rate_limits: {
    keepMs: DAY,
    by: 'expire',
    // In the column's own type: no index is read by a comparison in another.
    where: 'expire < cast(extract(epoch from cast(:before as timestamptz)) * 1000 as bigint)',
  },
  structure_tries: { keepMs: 2 * DAY, by: 'last_at' },
  directory_tries: { keepMs: 2 * DAY, by: 'last_at' },
  client_errors: { keepMs: 14 * DAY, by: 'at' },
  client_warnings: { keepMs: 90 * DAY, by: 'until' },
  registration_policies: { keepMs: DAY, by: 'expires_at' },
  oidc_models: { keepMs: DAY, by: 'expires_at' },
} as const satisfies Record<string, Rule>;

export type PurgedTable = keyof typeof RULES;

/** @returns how many rows went, by table: of what there was time for, when the signal says to stop. */
export async function purge(
  database: Queryable,
  now: Date,
  { batch = 2000, signal }: { batch?: number; signal?: AbortSignal } = {},
): Promise<Record<PurgedTable, number>> {
  const counts = Object.fromEntries(Object.keys(RULES).map((table) => [table, 0])) as Record<PurgedTable, number>;
  for (const table of Object.keys(RULES) as PurgedTable[]) {
    const before = new Date(now.getTime() - RULES[table].keepMs);
    for (let gone = batch; gone === batch && !signal?.aborted; counts[table] += gone) {
      const since = performance.now();
      gone = await purgeBatch(database, table, before, batch);
      // As long a rest as the work took: people come first.
      if (gone === batch) await wait(performance.now() - since);
    }
  }
  return counts;
}

async function purgeBatch(database: Queryable, table: PurgedTable, before: Date, batch: number): Promise<number> {
  const { by, where = `${by} < :before` }: Rule = RULES[table];
  const doomed = `delete from ${table} where ctid = any (array(
    select ctid from ${table} where ${where} ${by ? `order by ${by}` : ''} limit :batch for update skip locked))`;
  // A grant of a session that old has long expired itself.
  const sql =
    table === 'sessions'
      ? `with gone as (${doomed} returning uid_hash),
           grants as (delete from session_grants g using gone where g.session_hash = gone.uid_hash)
         select cast(count(*) as integer) as gone from gone`
      : `with gone as (${doomed} returning 1) select cast(count(*) as integer) as gone from gone`;
  const [row] = await query<{ gone: number }>(database, sql, { before, batch });
  return row?.gone ?? 0;
}
