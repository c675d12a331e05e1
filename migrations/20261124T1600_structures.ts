import type { Knex } from 'knex';

/** Structures that vouch for their own staff, and who of them was seen. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table structures (
      id text primary key,
      -- Without its secret, which stands sealed beside it.
      definition jsonb not null,
      secret bytea,
      -- Name, town and FINESS, without capitals or accents.
      search_text text not null,
      enabled boolean not null default true,
      version integer not null default 1,
      checked_at timestamptz,
      created_at timestamptz not null default now(),
      updated_at timestamptz not null default now()
    );

    -- Keyed hashes alone: of the entry, as in identities, and of the login it was last seen under.
    create table structure_members (
      structure_id text not null references structures (id) on delete cascade,
      entry_hash bytea not null,
      login_hash bytea,
      seen_at timestamptz,
      left_at timestamptz,
      primary key (structure_id, entry_hash)
    );
    create index structure_members_login on structure_members (structure_id, login_hash);

    -- Wrong passwords since the last quiet time, so that we stop before the directory locks the account.
    create table structure_tries (
      structure_id text not null references structures (id) on delete cascade,
      key_hash bytea not null,
      failures integer not null,
      last_at timestamptz not null,
      primary key (structure_id, key_hash)
    );
    create index structure_tries_last on structure_tries (last_at);

    create index audit_structure on audit ((details->>'structure'), id) where details->>'structure' is not null;
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop index audit_structure');
  await knex.raw('drop table structure_tries, structure_members, structures');
}
