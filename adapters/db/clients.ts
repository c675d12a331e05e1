import type { ClientMetadata } from 'oidc-provider';
import type { Clients, StoredClient } from '../../src/clients/client.ts';
import { hashId, type Vault } from '../../src/protection/secrets.ts';
import { changed, first, type Queryable, query } from './query.ts';

interface Row {
  readonly id_hash: Buffer;
  readonly payload: Buffer;
  readonly version: number;
  readonly previous_secret: Buffer | null;
  readonly previous_secret_until: Date | null;
  readonly owner_account: string | null;
  readonly created_at: Date;
  readonly updated_at: Date;
  readonly last_used_at: Date | null;
  readonly disabled_at: Date | null;
  readonly disabled_reason: string | null;
}

/** As the codec of oidc-provider's models seals them: both read the same rows. */
const context = (idHash: Buffer) => `Client:${idHash.toString('hex')}`;
const previousContext = (idHash: Buffer) => `previous-secret:${idHash.toString('hex')}`;

export function createClients(database: Queryable, vault: Vault): Clients {
  const open = (row: Row): StoredClient => ({
    metadata: JSON.parse(vault.open(row.payload, context(row.id_hash)).toString('utf8')) as ClientMetadata,
    version: row.version,
    previousSecret:
      row.previous_secret && row.previous_secret_until
        ? {
            value: vault.open(row.previous_secret, previousContext(row.id_hash)).toString('utf8'),
            until: row.previous_secret_until,
          }
        : undefined,
    ownerAccount: row.owner_account ?? undefined,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    lastUsedAt: row.last_used_at ?? undefined,
    disabled: row.disabled_at ? { at: row.disabled_at, reason: row.disabled_reason ?? '' } : undefined,
  });
  const seal = (idHash: Buffer, metadata: ClientMetadata) => vault.seal(JSON.stringify(metadata), context(idHash));
  const byName = (one: StoredClient, other: StoredClient) =>
    one.metadata.client_id.localeCompare(other.metadata.client_id);

  return {
    async list() {
      return (await query<Row>(database, 'select * from clients')).map(open).sort(byName);
    },

    async ofOwner(accountId) {
      const rows = await query<Row>(database, 'select * from clients where owner_account = :accountId', { accountId });
      return rows.map(open).sort(byName);
    },

    async byId(clientId) {
      const row = await first<Row>(database, 'select * from clients where id_hash = :id', { id: hashId(clientId) });
      return row && open(row);
    },

    insert(metadata, at, ownerAccount) {
      const id = hashId(metadata.client_id);
      return changed(
        database,
        `insert into clients (id_hash, payload, owner_account, created_at, updated_at)
         values (:id, :payload, :ownerAccount, :at, :at) on conflict do nothing`,
        { id, payload: seal(id, metadata), ownerAccount, at },
      );
    },

    replace(clientId, version, metadata, at, previousSecret) {
      const id = hashId(clientId);
      return changed(
        database,
        `update clients set payload = :payload, version = version + 1, updated_at = :at,
           previous_secret = case when :keep then previous_secret else cast(:secret as bytea) end,
           previous_secret_until = case when :keep then previous_secret_until else cast(:until as timestamptz) end
         where id_hash = :id and version = :version`,
        {
          id,
          version,
          at,
          payload: seal(id, metadata),
          keep: previousSecret === undefined,
          secret: previousSecret ? vault.seal(previousSecret.value, previousContext(id)) : undefined,
          until: previousSecret?.until,
        },
      );
    },

    disable: (clientId, at, reason) =>
      changed(
        database,
        `update clients set disabled_at = :at, disabled_reason = :reason, version = version + 1, updated_at = :at
         where id_hash = :id and disabled_at is null`,
        { id: hashId(clientId), at, reason },
      ),

    enable: (clientId, at) =>
      changed(
        database,
        `update clients set disabled_at = null, disabled_reason = null, version = version + 1, updated_at = :at
         where id_hash = :id and disabled_at is not null`,
        { id: hashId(clientId), at },
      ),

    async endTokens(clientId) {
      const [row] = await query<{ gone: number }>(
        database,
        `with links as (delete from session_grants where client_id = :clientId),
           models as (
             delete from oidc_models where client_id = :clientId and model <> 'RegistrationAccessToken' returning 1
           )
         select cast(count(*) as integer) as gone from models`,
        { clientId },
      );
      return row?.gone ?? 0;
    },

    warnOnce: (clientId, what, until, days, at) =>
      changed(
        database,
        `insert into client_warnings (client_hash, what, until, days, warned_at)
         values (:client, :what, :until, :days, :at) on conflict do nothing`,
        { client: hashId(clientId), what, until, days, at },
      ),

    async touch(clientId, at) {
      await query(
        database,
        'update clients set last_used_at = :at where id_hash = :id and (last_used_at is null or last_used_at < :at)',
        { id: hashId(clientId), at },
      );
    },
  };
}
