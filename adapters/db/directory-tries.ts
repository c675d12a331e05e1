import type { Vault } from '../../src/protection/secrets.ts';
import type { DirectoryTries } from '../../src/structures/structures.ts';
import { changed, first, type Queryable, query } from './query.ts';

export function createDirectoryTries(database: Queryable, vault: Vault): DirectoryTries {
  const hash = (key: string) => vault.index(key, 'directory-tries');
  return {
    async take(key, now, { attempts, minutes }) {
      const bindings = { key: hash(key), now, attempts, quiet: new Date(now.getTime() - minutes * 60_000) };
      const free = await changed(
        database,
        `insert into directory_tries as t (key_hash, failures, last_at) values (:key, 1, :now)
         on conflict (key_hash) do update
           set failures = case when t.last_at <= :quiet then 1 else t.failures + 1 end, last_at = excluded.last_at
         where t.last_at <= :quiet or t.failures < cast(:attempts as integer)`,
        bindings,
      );
      if (free) return undefined;
      const row = await first<{ last_at: Date }>(
        database,
        'select last_at from directory_tries where key_hash = :key',
        { key: bindings.key },
      );
      return new Date((row?.last_at ?? now).getTime() + minutes * 60_000);
    },

    async giveBack(key) {
      await query(
        database,
        'update directory_tries set failures = failures - 1 where key_hash = :key and failures > 0',
        { key: hash(key) },
      );
    },

    async set(key, failures, now) {
      await query(database, 'update directory_tries set failures = :failures, last_at = :now where key_hash = :key', {
        key: hash(key),
        failures,
        now,
      });
    },

    async forget(key) {
      await query(database, 'delete from directory_tries where key_hash = :key', { key: hash(key) });
    },
  };
}
