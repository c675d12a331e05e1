import type { Knex } from 'knex';

/** Somebody who forgot their password: where they stand, by the hash of a cookie. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table recoveries (
      token_hash bytea primary key,
      -- Sealed: whose account it is, if anybody's, and what was proved so far.
      state bytea not null,
      version integer not null default 1,
      expires_at timestamptz not null
    );
    create index recoveries_expires on recoveries (expires_at);
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop table recoveries');
}
