import type { ModelName } from '../../config/models.ts';
import type { Clock } from '../../src/clock.ts';
import type { Database } from '../db/database.ts';
import { changed, first, query } from '../db/query.ts';
import type { FoundRow, ModelStore, Row } from './store.ts';

interface Selected {
  readonly id_hash: Buffer;
  readonly payload: Buffer;
  readonly consumed_at: Date | null;
}

interface SelectedToken extends Selected {
  readonly grant_hash: Buffer | null;
  readonly grant_payload: Buffer | null;
  readonly session_hash: Buffer | null;
  readonly session_id_hash: Buffer | null;
  readonly session_payload: Buffer | null;
}

const INSERT_INTO = `
  insert into oidc_models
    (model, id_hash, payload, grant_hash, uid_hash, session_hash, user_code_hash, account_id, client_id, expires_at)`;
const INSERT = `${INSERT_INTO}
  values (:model, :idHash, :payload, :grantHash, :uidHash, :sessionHash, :userCodeHash, :accountId, :clientId,
    :expiresAt)
  on conflict (model, id_hash) do update set
    payload = excluded.payload, grant_hash = excluded.grant_hash, uid_hash = excluded.uid_hash,
    session_hash = excluded.session_hash, user_code_hash = excluded.user_code_hash, account_id = excluded.account_id, client_id = excluded.client_id,
    expires_at = excluded.expires_at`;
const CONSUME = `
  update oidc_models set consumed_at = :now where model = :model and id_hash = :used and consumed_at is null`;
const SUCCEED = `
  with used as (${CONSUME} returning 1) ${INSERT_INTO}
  select cast(:model as text), :idHash, :payload, :grantHash, :uidHash, :sessionHash, :userCodeHash,
    cast(:accountId as uuid), :clientId, cast(:expiresAt as timestamptz)
  from used`;
const SELECT = 'select id_hash, payload, consumed_at from oidc_models where model = :model';
/** A token with its Grant and, where sessions stand here too, its Session: neither is ever consumed. */
const SELECT_TOKEN = `
  select t.id_hash, t.payload, t.consumed_at, t.grant_hash, g.payload as grant_payload,
    t.session_hash, s.id_hash as session_id_hash, s.payload as session_payload
  from oidc_models t
  left join oidc_models g on g.model = 'Grant' and g.id_hash = t.grant_hash
  left join lateral (
    select id_hash, payload from oidc_models where model = 'Session' and uid_hash = t.session_hash
    order by created_at desc limit 1
  ) s on true
  where t.model = :model and t.id_hash = :hash`;

const TOKENS: ReadonlySet<ModelName> = new Set(['AuthorizationCode', 'AccessToken', 'RefreshToken']);

const foundRow = (idHash: Buffer | null, payload: Buffer | null, consumedAt: Date | null): FoundRow | undefined =>
  idHash && payload ? { idHash, payload, consumedAt: consumedAt ?? undefined } : undefined;

/**
 * Models in the table oidc_models. Expired rows are still found: the library judges `exp` itself, and asks for some
 * rows whatever their age; the purge takes them away later.
 */
export function createPostgresStore(database: Database, now: Clock, model: ModelName, sessionsHere = true): ModelStore {
  const bindings = ({ life, ...columns }: Row) => ({
    ...columns,
    model,
    expiresAt: life === undefined ? undefined : new Date(now().getTime() + life * 1000),
  });

  async function one(condition: string, hash: Buffer): Promise<FoundRow | undefined> {
    const row = await first<Selected>(database, `${SELECT} and ${condition}`, { model, hash });
    return row && foundRow(row.id_hash, row.payload, row.consumed_at);
  }

  async function token(hash: Buffer): Promise<FoundRow | undefined> {
    const row = await first<SelectedToken>(database, SELECT_TOKEN, { model, hash });
    const found = row && foundRow(row.id_hash, row.payload, row.consumed_at);
    if (!found) return undefined;
    const { grant_hash, grant_payload, session_hash, session_id_hash, session_payload } = row;
    return {
      ...found,
      companions: {
        grant: grant_hash ? { hash: grant_hash, row: foundRow(grant_hash, grant_payload, null) } : undefined,
        session:
          session_hash && sessionsHere
            ? { hash: session_hash, row: foundRow(session_id_hash, session_payload, null) }
            : undefined,
      },
    };
  }

  return {
    async put(row) {
      await query(database, INSERT, bindings(row));
    },
    putNew: (row) =>
      changed(database, `${INSERT} where oidc_models.expires_at <= :now`, { ...bindings(row), now: now() }),
    byId: (hash) => (TOKENS.has(model) ? token(hash) : one('id_hash = :hash', hash)),
    byUid: (hash) => one('uid_hash = :hash order by created_at desc limit 1', hash),
    byUserCode: (hash) => one('user_code_hash = :hash order by created_at desc limit 1', hash),
    consume: (used) => changed(database, CONSUME, { model, used, now: now() }),
    succeed: (used, row) => changed(database, SUCCEED, { ...bindings(row), used, now: now() }),
    async remove(idHash) {
      await query(database, 'delete from oidc_models where model = :model and id_hash = :idHash', { model, idHash });
    },
    async removeByGrant(grantHash) {
      await query(database, 'delete from oidc_models where model = :model and grant_hash = :grantHash', {
        model,
        grantHash,
      });
    },
  };
}
