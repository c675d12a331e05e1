import type { Knex } from 'knex';

/** A way in for somebody without card or e-CPS: a link in a mail, good once. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table invitations (
      id uuid primary key,
      token_hash bytea not null unique,
      -- Sealed: who is invited, and what the person who invites says of them.
      content bytea not null,
      -- Sealed: where the invited person stands in the form.
      draft bytea,
      -- Makes every move a compare-and-set.
      version integer not null default 1,
      created_at timestamptz not null default now(),
      expires_at timestamptz not null,
      used_at timestamptz,
      account_id uuid references accounts (id) on delete set null
    );
    create index invitations_expires on invitations (expires_at);
    create index invitations_account on invitations (account_id) where account_id is not null;
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop table invitations');
}
