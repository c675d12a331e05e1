import { hashId, type Vault } from '../../src/protection/secrets.ts';
import type { FlowRow, Flows } from '../../src/storage.ts';
import { changed, first, type Queryable } from './query.ts';

interface Row {
  readonly client_id: string;
  readonly stage: string;
  readonly data: Buffer;
  readonly version: number;
}

const COLUMNS = 'client_id, stage, data, version';

/** The state is sealed: it may hold a national id, or what a person typed so far. */
export function createFlows(database: Queryable, vault: Vault): Flows {
  const context = (uid: string) => `flow:${uid}`;
  const sealed = (uid: string, data: unknown) => vault.seal(JSON.stringify(data ?? null), context(uid));
  const toFlow = (uid: string, row: Row): FlowRow => ({
    clientId: row.client_id,
    stage: row.stage,
    data: JSON.parse(vault.open(row.data, context(uid)).toString()) as unknown,
    version: row.version,
  });

  return {
    async byUid(uid) {
      const row = await first<Row>(database, `select ${COLUMNS} from flows where uid_hash = :uid`, {
        uid: hashId(uid),
      });
      return row && toFlow(uid, row);
    },

    move({ uid, version, clientId, expiresAt }, { stage, data }) {
      const moved = { uid: hashId(uid), stage, data: sealed(uid, data) };
      if (version === 0)
        return changed(
          database,
          `insert into flows (uid_hash, client_id, stage, data, version, expires_at)
           values (:uid, :clientId, :stage, :data, 1, :expiresAt) on conflict (uid_hash) do nothing`,
          { ...moved, clientId, expiresAt },
        );
      return changed(
        database,
        `update flows set stage = :stage, data = :data, version = version + 1
         where uid_hash = :uid and version = :version`,
        { ...moved, version },
      );
    },
  };
}
