import type { Vault } from '../../src/protection/secrets.ts';
import { sourceOf } from '../../src/structures/structure.ts';
import type { Member, StructureMembers } from '../../src/structures/structures.ts';
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
