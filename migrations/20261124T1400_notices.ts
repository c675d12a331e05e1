import type { Knex } from 'knex';

/** Mails that tell a person something: each row is written with what it tells, and sent by the worker. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table notices (
      id uuid primary key,
      template text not null,
      account_id uuid references accounts (id) on delete cascade,
      -- Sealed: the address as it was when the notice was written, and the values of the template.
      destination bytea not null,
      params bytea not null,
      locale text not null,
      created_at timestamptz not null default now(),
      sent_at timestamptz,
      -- The address was refused for good.
      given_up_at timestamptz
    );
    create index notices_created on notices (created_at);
    create index notices_unsent on notices (created_at) where sent_at is null and given_up_at is null;
    create index notices_account on notices (account_id) where account_id is not null;
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop table notices');
}
