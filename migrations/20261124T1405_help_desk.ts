import type { Knex } from 'knex';

/** What one agent of the help desk asks for and another one must approve. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table help_desk_requests (
      id uuid primary key,
      account_id uuid not null references accounts (id) on delete cascade,
      action text not null,
      -- Sealed: such as the new address of a supervised recovery.
      params bytea not null,
      asked_by uuid not null references accounts (id) on delete cascade,
      asked_at timestamptz not null,
      expires_at timestamptz not null,
      settled_by uuid,
      settled_at timestamptz,
      approved boolean,
      check (settled_by is null or settled_by not in (asked_by, account_id))
    );
    create index help_desk_requests_open on help_desk_requests (asked_at) where settled_at is null;
    create index help_desk_requests_account on help_desk_requests (account_id);
    create index help_desk_requests_expires on help_desk_requests (expires_at);
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop table help_desk_requests');
}
