import type { Knex } from 'knex';

/** What a person allowed an application that is not the platform's own. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table consents (
      account_id uuid not null references accounts (id) on delete cascade,
      client_id text not null,
      scopes text[] not null,
      claims text[] not null default '{}',
      given_at timestamptz not null default now(),
      primary key (account_id, client_id)
    )
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop table consents');
}
