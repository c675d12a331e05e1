import type { Vault } from '../../src/protection/secrets.ts';
import { sourceOf } from '../../src/structures/structure.ts';
import type { Member, StructureMembers, StructureTries } from '../../src/structures/structures.ts';
import { changed, first, type Queryable, query } from './query.ts';

interface Row {
  readonly id: string;
  readonly account_id: string;
  readonly external_id: Buffer;
}

export function createStructureMembers(database: Queryable, vault: Vault): StructureMembers {
  const source = (id: string) => sourceOf({ id });
  // The same hash as that of the identity: one joins the other.
  const entryHash = (id: string, entryId: string) => vault.index(entryId, `identity:${source(id)}`);
  const loginHash = (id: string, login: string) => vault.index(login, `structure-login:${id}`);
  const toMember = (row: Row): Member => ({
    accountId: row.account_id,
    entryId: vault.open(row.external_id, `identity:${row.id}`).toString(),
  });
  return {
    async seen(id, entryId, login, at) {
      await query(
        database,
        `insert into structure_members (structure_id, entry_hash, login_hash, seen_at) values (:id, :entry, :login, :at)
         on conflict (structure_id, entry_hash) do update
           set login_hash = excluded.login_hash, seen_at = excluded.seen_at, left_at = null`,
        { id, entry: entryHash(id, entryId), login: loginHash(id, login), at },
      );
    },

    left: (id, entryId, at) =>
      changed(
        database,
        `insert into structure_members as m (structure_id, entry_hash, left_at) values (:id, :entry, :at)
         on conflict (structure_id, entry_hash) do update set left_at = excluded.left_at where m.left_at is null`,
        { id, entry: entryHash(id, entryId), at },
      ),

    async byLogin(id, login) {
      const row = await first<Row>(
        database,
        `select i.id, i.account_id, i.external_id from structure_members m
         join identities i on i.source = :source and i.external_id_hash = m.entry_hash
         where m.structure_id = :id and m.login_hash = :login order by m.seen_at desc limit 1`,
        { id, source: source(id), login: loginHash(id, login) },
      );
      return row && toMember(row);
    },

    async present(id) {
      const rows = await query<Row>(
        database,
        `select i.id, i.account_id, i.external_id from identities i
         left join structure_members m on m.structure_id = :id and m.entry_hash = i.external_id_hash
         where i.source = :source and m.left_at is null order by i.id`,
        { id, source: source(id) },
      );
      return rows.map(toMember);
    },
  };
}

export function createStructureTries(database: Queryable, vault: Vault): StructureTries {
  const hash = (id: string, key: string) => vault.index(key, `structure-tries:${id}`);
  return {
    async take(id, key, now, { attempts, minutes }) {
      const bindings = { id, key: hash(id, key), now, attempts, quiet: new Date(now.getTime() - minutes * 60_000) };
      const free = await changed(
        database,
        `insert into structure_tries as t (structure_id, key_hash, failures, last_at) values (:id, :key, 1, :now)
         on conflict (structure_id, key_hash) do update
           set failures = case when t.last_at <= :quiet then 1 else t.failures + 1 end, last_at = excluded.last_at
         where t.last_at <= :quiet or t.failures < cast(:attempts as integer)`,
        bindings,
      );
      if (free) return undefined;
      const row = await first<{ last_at: Date }>(
        database,
        'select last_at from structure_tries where structure_id = :id and key_hash = :key',
        { id, key: bindings.key },
      );
      return new Date((row?.last_at ?? now).getTime() + minutes * 60_000);
    },

    async forget(id, key) {
      await query(database, 'delete from structure_tries where structure_id = :id and key_hash = :key', {
        id,
        key: hash(id, key),
      });
    },
  };
}
