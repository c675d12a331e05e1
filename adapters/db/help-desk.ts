import type { Vault } from '../../src/protection/secrets.ts';
import type { HelpAction, HelpDesk, HelpParams, HelpRequest, Trace } from '../../src/support/help-desk.ts';
import { type AccountRow, COLUMNS, toAccount } from './account-row.ts';
import { first, type Queryable, query } from './query.ts';

interface RequestRow {
  readonly id: string;
  readonly account_id: string;
  readonly action: HelpAction;
  readonly params: Buffer;
  readonly asked_by: string;
  readonly asked_at: Date;
}
interface TraceRow {
  readonly at: Date;
  readonly event: string;
  readonly account_id: string | null;
  readonly client_id: string | null;
  readonly mode: string | null;
  readonly support_code: string | null;
}

const REQUEST = 'id, account_id, action, params, asked_by, asked_at';
const TRACE = 'at, event, account_id, client_id, mode, support_code';

const toTrace = (row: TraceRow): Trace & { supportCode: string | undefined } => ({
  at: row.at,
  event: row.event,
  accountId: row.account_id ?? undefined,
  clientId: row.client_id ?? undefined,
  mode: row.mode ?? undefined,
  supportCode: row.support_code ?? undefined,
});

export function createHelpDesk(database: Queryable, vault: Vault): HelpDesk {
  const contextOf = (id: string) => `help-desk:${id}`;
  const toRequest = (row: RequestRow): HelpRequest => ({
    id: row.id,
    accountId: row.account_id,
    action: row.action,
    params: JSON.parse(vault.open(row.params, contextOf(row.id)).toString()) as HelpParams,
    askedBy: row.asked_by,
    askedAt: row.asked_at,
  });
  return {
    async byName(name, limit) {
      const rows = await query<AccountRow>(
        database,
        `select ${COLUMNS} from accounts a
         where lower(a.family_name) = lower(:name) or lower(a.given_name || ' ' || a.family_name) = lower(:name)
           or lower(a.family_name || ' ' || a.given_name) = lower(:name)
         order by a.family_name, a.given_name, a.id limit :limit`,
        { name, limit },
      );
      return rows.map(toAccount);
    },

    async trace(supportCode, limit) {
      const rows = await query<TraceRow>(
        database,
        `select ${TRACE} from audit where support_code = :supportCode order by id limit :limit`,
        { supportCode, limit },
      );
      return rows.map(toTrace);
    },

    async recent(accountId, limit) {
      const rows = await query<TraceRow>(
        database,
        `select ${TRACE} from audit where account_id = :accountId order by id desc limit :limit`,
        { accountId, limit },
      );
      return rows.map(toTrace);
    },

    async lookedSince(accountId, agentId, since) {
      const row = await first(
        database,
        `select 1 from audit where account_id = :accountId and event = 'help-desk.looked' and at >= :since
           and details->>'by' = :agentId limit 1`,
        { accountId, agentId, since },
      );
      return row !== undefined;
    },

    async insert({ id, accountId, action, params, askedBy, askedAt, expiresAt }) {
      await query(
        database,
        `insert into help_desk_requests (id, account_id, action, params, asked_by, asked_at, expires_at)
         values (:id, :accountId, :action, :params, :askedBy, :askedAt, :expiresAt)`,
        {
          id,
          accountId,
          action,
          params: vault.seal(JSON.stringify(params), contextOf(id)),
          askedBy,
          askedAt,
          expiresAt,
        },
      );
    },

    async open(now) {
      const rows = await query<RequestRow>(
        database,
        `select ${REQUEST} from help_desk_requests where settled_at is null and expires_at > :now order by asked_at`,
        { now },
      );
      return rows.map(toRequest);
    },

    async settle(id, by, approved, now) {
      const row = await first<RequestRow>(
        database,
        `update help_desk_requests set settled_by = :by, settled_at = :now, approved = :approved
         where id = :id and settled_at is null and expires_at > :now
           and asked_by <> cast(:by as uuid) and account_id <> cast(:by as uuid)
         returning ${REQUEST}`,
        { id, by, approved, now },
      );
      return row && toRequest(row);
    },
  };
}
