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

  async function byUid(uid: string): Promise<FlowRow | undefined> {
    const row = await first<Row>(database, `select ${COLUMNS} from flows where uid_hash = :uid`, { uid: hashId(uid) });
    return row && toFlow(uid, row);
  }
  return {
    byUid,

    async open(uid, { clientId, stage, data }, expiresAt) {
      const row = await first<Row>(
        database,
        `with made as (
           insert into flows (uid_hash, client_id, stage, data, expires_at)
           values (:uid, :clientId, :stage, :data, :expiresAt)
           on conflict (uid_hash) do nothing returning ${COLUMNS}
         )
         select ${COLUMNS} from made union all select ${COLUMNS} from flows where uid_hash = :uid`,
        { uid: hashId(uid), clientId, stage, data: sealed(uid, data), expiresAt },
      );
      // Neither made nor seen: somebody made it after this statement began. Now it can be seen.
      const flow = row ? toFlow(uid, row) : await byUid(uid);
      if (!flow) throw new Error('a flow was deleted while it was opened');
      return flow;
    },

    move: (uid, from, { stage, data }) =>
      changed(
        database,
        `update flows set stage = :stage, data = :data, version = version + 1
         where uid_hash = :uid and version = :from`,
        { uid: hashId(uid), from, stage, data: sealed(uid, data) },
      ),
  };
}
