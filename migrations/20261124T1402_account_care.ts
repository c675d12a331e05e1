import type { Knex } from 'knex';

/** What people see and mend of their own account. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table sign_ins add column place text;
    alter table sign_ins add column user_agent text;
    -- The passkey that proved it, where one did.
    alter table sign_ins add column passkey_id uuid;

    create table account_preferences (
      account_id uuid primary key references accounts (id) on delete cascade,
      -- A mail at each sign-in, not only from a new browser.
      tell_each_sign_in boolean not null default false
    );

    -- Ways of signing in that their owner closed.
    create table closed_doors (
      account_id uuid not null references accounts (id) on delete cascade,
      mode text not null,
      closed_at timestamptz not null,
      primary key (account_id, mode)
    );

    -- How a change of an account is undone; the code of the mail stands hashed, what stood before sealed.
    create table undos (
      id uuid primary key,
      account_id uuid not null references accounts (id) on delete cascade,
      kind text not null,
      code_hash bytea not null unique,
      before bytea not null,
      created_at timestamptz not null,
      expires_at timestamptz not null,
      used_at timestamptz
    );
    create index undos_account on undos (account_id, created_at);
    create index undos_expires on undos (expires_at);
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    drop table undos, closed_doors, account_preferences;
    alter table sign_ins drop column place, drop column user_agent, drop column passkey_id;
  `);
}
