import type { Knex } from 'knex';

/** What a directory counts is counted by directory; and how the night's check of a structure went. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    -- In place of structure_tries, which the release before goes on with: two structures may share a directory.
    create table directory_tries (
      key_hash bytea primary key,
      failures integer not null,
      last_at timestamptz not null
    );
    create index directory_tries_last on directory_tries (last_at);

    alter table structures
      -- The last check that worked; checked_at is the last one that began.
      add column verified_at timestamptz,
      add column failing_since timestamptz,
      add column failure text,
      -- Keyed hash of the account and secret that the directory refused: they are not sent again.
      add column refused_secret bytea;
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table structures
      drop column verified_at, drop column failing_since, drop column failure, drop column refused_secret;
    drop table directory_tries;
  `);
}
