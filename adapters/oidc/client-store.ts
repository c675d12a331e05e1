import { errors } from 'oidc-provider';
import type { Clock } from '../../src/clock.ts';
import type { Database } from '../db/database.ts';
import { changed, first, query } from '../db/query.ts';
import type { ModelStore } from './store.ts';

/**
 * Applications, in the table that src/clients/client.ts speaks of too. One that is disabled is not there. A change that
 * a request makes rests on what the same request read: an administrator's, made meanwhile, is not undone by it.
 */
export function createClientStore(database: Database, now: Clock, request: () => object | undefined): ModelStore {
  const read = new WeakMap<object, Map<string, number>>();
  const nothing = async () => undefined;

  return {
    async put({ idHash, payload }) {
      const context = request();
      const seen = context && read.get(context)?.get(idHash.toString('hex'));
      const written = await changed(
        database,
        `insert into clients as known (id_hash, payload, created_at, updated_at) values (:idHash, :payload, :at, :at)
         on conflict (id_hash) do update
           set payload = excluded.payload, version = known.version + 1, updated_at = excluded.updated_at
           where cast(:seen as integer) is null or known.version = :seen`,
        { idHash, payload, at: now(), seen },
      );
      if (!written) throw new errors.InvalidRequest('the client was changed meanwhile: read it again', 409);
    },
    putNew: async () => {
      throw new TypeError('an application is put, never only added');
    },
    async byId(idHash) {
      const row = await first<{ payload: Buffer; version: number }>(
        database,
        'select payload, version from clients where id_hash = :idHash and disabled_at is null',
        { idHash },
      );
      const context = request();
      if (row && context) {
        const versions = read.get(context) ?? new Map<string, number>();
        read.set(context, versions.set(idHash.toString('hex'), row.version));
      }
      return row && { idHash, payload: row.payload, consumedAt: undefined };
    },
    byUid: nothing,
    byUserCode: nothing,
    consume: async () => false,
    async remove(idHash) {
      await query(database, 'delete from clients where id_hash = :idHash', { idHash });
    },
    removeByGrant: nothing,
  };
}
