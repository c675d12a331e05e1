import type { DesktopDevices, Device } from '../../src/desktop/device.ts';
import { hashId, type Vault } from '../../src/protection/secrets.ts';
import { changed, first, type Queryable, query } from './query.ts';

interface Row {
  readonly id: string;
  readonly account_id: string;
  readonly client_id: string;
  readonly name: Buffer;
  readonly place: string | null;
  readonly created_at: Date;
  readonly last_used_at: Date;
  readonly revoked_at: Date | null;
}

const COLUMNS = ['id', 'account_id', 'client_id', 'name', 'place', 'created_at', 'last_used_at', 'revoked_at']
  .map((name) => `d.${name}`)
  .join(', ');
const contextOf = (id: string) => `desktop-device:${id}:name`;

export function createDesktopDevices(database: Queryable, vault: Vault): DesktopDevices {
  const sealed = (id: string, name: string) => vault.seal(name, contextOf(id));
  const toDevice = (row: Row): Device => ({
    id: row.id,
    accountId: row.account_id,
    clientId: row.client_id,
    name: vault.open(row.name, contextOf(row.id)).toString(),
    place: row.place ?? undefined,
    createdAt: row.created_at,
    lastUsedAt: row.last_used_at,
    revokedAt: row.revoked_at ?? undefined,
  });

  return {
    async of(accountId) {
      const rows = await query<Row>(
        database,
        `select ${COLUMNS} from desktop_devices d where d.account_id = :accountId and d.revoked_at is null
         order by d.last_used_at desc`,
        { accountId },
      );
      return rows.map(toDevice);
    },

    async revokedSince(accountId, since) {
      const rows = await query<Row>(
        database,
        `select ${COLUMNS} from desktop_devices d
         where d.account_id = :accountId and d.created_at < :since and d.revoked_at >= :since`,
        { accountId, since },
      );
      return rows.map(toDevice);
    },

    async byId(id, accountId) {
      const row = await first<Row>(
        database,
        `select ${COLUMNS} from desktop_devices d where d.id = :id and d.account_id = :accountId`,
        { id, accountId },
      );
      return row && toDevice(row);
    },

    async register({ id, accountId, clientId, jkt, name, place }, now) {
      // The name stays that of the first time: its owner may have changed it.
      const row = await first<Row>(
        database,
        `insert into desktop_devices as d (id, account_id, client_id, jkt, name, place, created_at, last_used_at)
         values (:id, :accountId, :clientId, :jkt, :name, :place, :now, :now)
         on conflict (account_id, jkt) do update set client_id = excluded.client_id, place = excluded.place,
           last_used_at = excluded.last_used_at
         returning ${COLUMNS}`,
        { id, accountId, clientId, jkt, name: sealed(id, name), place, now },
      );
      if (!row) throw new Error('a device was neither made nor found');
      return { device: toDevice(row), made: row.id === id };
    },

    rename: (id, accountId, name) =>
      changed(
        database,
        `update desktop_devices set name = :name
         where id = :id and account_id = :accountId and revoked_at is null`,
        { id, accountId, name: sealed(id, name) },
      ),

    revoke: (id, accountId, now) =>
      changed(
        database,
        `update desktop_devices set revoked_at = :now
         where id = :id and account_id = :accountId and revoked_at is null`,
        { id, accountId, now },
      ),

    async openSession(grantId, deviceId, now, expiresAt) {
      await query(
        database,
        `with before as (
           update desktop_sessions set ended_at = :now
           where device_id = :deviceId and ended_at is null and grant_hash <> :grant
         )
         insert into desktop_sessions (grant_hash, device_id, opened_at, expires_at)
         values (:grant, :deviceId, :now, :expiresAt) on conflict (grant_hash) do nothing`,
        { grant: hashId(grantId), deviceId, now, expiresAt },
      );
    },

    async session(grantId) {
      const row = await first<Row & { expires_at: Date; ended_at: Date | null }>(
        database,
        `select ${COLUMNS}, s.expires_at, s.ended_at
         from desktop_sessions s join desktop_devices d on d.id = s.device_id where s.grant_hash = :grant`,
        { grant: hashId(grantId) },
      );
      return row && { device: toDevice(row), expiresAt: row.expires_at, endedAt: row.ended_at ?? undefined };
    },

    async hold(id, now) {
      const row = await first(
        database,
        `select 1 from desktop_devices d where d.id = :id and d.revoked_at is null and exists (
           select 1 from desktop_sessions s where s.device_id = d.id and s.ended_at is null and s.expires_at > :now
         ) for share`,
        { id, now },
      );
      return row !== undefined;
    },
  };
}
