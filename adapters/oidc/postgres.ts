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

const INSERT = `
  insert into oidc_models
    (model, id_hash, payload, grant_hash, uid_hash, user_code_hash, account_id, client_id, expires_at)
  values (:model, :idHash, :payload, :grantHash, :uidHash, :userCodeHash, :accountId, :clientId, :expiresAt)
  on conflict (model, id_hash) do update set
    payload = excluded.payload, grant_hash = excluded.grant_hash, uid_hash = excluded.uid_hash,
    user_code_hash = excluded.user_code_hash, account_id = excluded.account_id, client_id = excluded.client_id,
    expires_at = excluded.expires_at`;
const SELECT = 'select id_hash, payload, consumed_at from oidc_models where model = :model';

/**
 * Models in the table oidc_models. Expired rows are still found: the library judges `exp` itself, and asks for some
 * rows whatever their age; the purge takes them away later.
 */
export function createPostgresStore(database: Database, now: Clock, model: ModelName): ModelStore {
  const bindings = ({ life, ...columns }: Row) => ({
    ...columns,
    model,
    expiresAt: life === undefined ? undefined : new Date(now().getTime() + life * 1000),
  });

  async function one(condition: string, hash: Buffer): Promise<FoundRow | undefined> {
    const row = await first<Selected>(database, `${SELECT} and ${condition}`, { model, hash });
    return row && { idHash: row.id_hash, payload: row.payload, consumedAt: row.consumed_at ?? undefined };
  }

  return {
    async put(row) {
      await query(database, INSERT, bindings(row));
    },
    putNew: (row) =>
      changed(database, `${INSERT} where oidc_models.expires_at <= :now`, { ...bindings(row), now: now() }),
    byId: (hash) => one('id_hash = :hash', hash),
    byUid: (hash) => one('uid_hash = :hash order by created_at desc limit 1', hash),
    byUserCode: (hash) => one('user_code_hash = :hash order by created_at desc limit 1', hash),
    consume: (idHash) =>
      changed(
        database,
        `update oidc_models set consumed_at = :now
          where model = :model and id_hash = :idHash and consumed_at is null`,
        { model, idHash, now: now() },
      ),
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
