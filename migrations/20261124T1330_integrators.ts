import type { Knex } from 'knex';

/** Who may use the portal of integrators, what their applications were refused, and what their contacts were told. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table integrators (
      mail_hash bytea primary key,
      -- Encrypted: the address.
      mail bytea not null,
      invited_at timestamptz not null default now()
    );

    create table client_errors (
      id bigint generated always as identity primary key,
      client_hash bytea not null,
      -- Encrypted: what was sent, what is registered, and why they do not go together. Never a token, a code or a secret.
      detail bytea not null,
      at timestamptz not null default now()
    );
    create index client_errors_client on client_errors (client_hash, id);
    create index client_errors_at on client_errors (at);

    -- One mail for each end, and for each number of days before it.
    create table client_warnings (
      client_hash bytea not null,
      what text not null,
      until timestamptz not null,
      days integer not null,
      warned_at timestamptz not null default now(),
      primary key (client_hash, what, until, days)
    );
    create index client_warnings_until on client_warnings (until);
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop table client_warnings, client_errors, integrators');
}
