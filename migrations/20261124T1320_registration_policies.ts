import type { Knex } from 'knex';

/** What an initial access token allows whoever holds it to register, and how often. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table registration_policies (
      token_hash bytea primary key,
      policy jsonb not null,
      uses integer not null,
      used integer not null default 0,
      created_at timestamptz not null default now(),
      expires_at timestamptz not null
    );
    create index registration_policies_expires on registration_policies (expires_at);
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop table registration_policies');
}
