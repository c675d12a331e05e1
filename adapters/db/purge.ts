import { type Queryable, query } from './query.ts';

const DAY = 24 * 60 * 60 * 1000;

/**
 * What may go, by table. Expired tokens and limits stay one day longer, so that a reuse is still seen as one. Workers
 * that purge at the same time skip each other's rows.
 */
const RULES = {
  flows: { keepMs: 0, where: 'expires_at < :before' },
  card_handovers: { keepMs: 0, where: 'expires_at < :before' },
  desktop_requests: { keepMs: DAY, where: 'expires_at < :before' },
  desktop_sessions: { keepMs: 30 * DAY, where: 'expires_at < :before' },
  invitations: { keepMs: 30 * DAY, where: 'expires_at < :before' },
  sign_up_drafts: { keepMs: 0, where: 'expires_at < :before' },
  upstream_logouts: { keepMs: DAY, where: 'expires_at < :before' },
  challenges: { keepMs: 2 * DAY, where: 'created_at < :before' },
  notices: { keepMs: 30 * DAY, where: 'created_at < :before' },
  undos: { keepMs: DAY, where: 'expires_at < :before' },
  passkeys: { keepMs: 4 * DAY, where: 'removed_at < :before' },
  passkey_challenges: { keepMs: 0, where: 'expires_at < :before' },
  authenticators: { keepMs: 4 * DAY, where: 'removed_at < :before or (confirmed_at is null and created_at < :before)' },
  help_desk_requests: { keepMs: 30 * DAY, where: 'expires_at < :before' },
  recoveries: { keepMs: 0, where: 'expires_at < :before' },
  sessions: { keepMs: 30 * DAY, where: 'started_at < :before and (ended_at is null or ended_at < :before)' },
  rate_limits: { keepMs: DAY, where: 'expire < extract(epoch from cast(:before as timestamptz)) * 1000' },
  structure_tries: { keepMs: 2 * DAY, where: 'last_at < :before' },
  client_errors: { keepMs: 14 * DAY, where: 'at < :before' },
  client_warnings: { keepMs: 90 * DAY, where: 'until < :before' },
  registration_policies: { keepMs: DAY, where: 'expires_at < :before' },
  oidc_models: { keepMs: DAY, where: 'expires_at < :before' },
} as const;

export type PurgedTable = keyof typeof RULES;

/** @returns how many rows went, by table. */
export async function purge(database: Queryable, now: Date, batch = 5000): Promise<Record<PurgedTable, number>> {
  const counts = Object.fromEntries(Object.keys(RULES).map((table) => [table, 0])) as Record<PurgedTable, number>;
  for (const table of Object.keys(RULES) as PurgedTable[]) {
    const before = new Date(now.getTime() - RULES[table].keepMs);
    for (let gone = batch; gone === batch; counts[table] += gone) {
      gone = await purgeBatch(database, table, before, batch);
    }
  }
  return counts;
}

async function purgeBatch(database: Queryable, table: PurgedTable, before: Date, batch: number): Promise<number> {
  const doomed = `delete from ${table} where ctid = any (array(
    select ctid from ${table} where ${RULES[table].where} limit :batch for update skip locked))`;
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
