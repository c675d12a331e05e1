import type { Knex } from 'knex';

/** People: accounts, what proves them, and how to reach them. National ids never stand in clear. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table accounts (
      id uuid primary key,
      -- As typed by its owner, and the form that look-ups and uniqueness use.
      login text,
      login_key text unique,
      email text,
      email_key text unique,
      email_verified boolean not null default false,
      phone text,
      phone_verified boolean not null default false,
      title text,
      family_name text not null,
      given_name text not null,
      profession text,
      specialty text,
      locale text,
      -- The standard claims of OIDC Core §5.1 that Mire only hands on.
      extra_claims jsonb not null default '{}',
      roles text[] not null default '{}',
      terms_version text,
      terms_accepted_at timestamptz,
      preferred_channel text check (preferred_channel in ('mail', 'sms')),
      status text not null default 'active' check (status in ('active', 'blocked', 'closed')),
      status_reason text,
      status_since timestamptz not null default now(),
      created_at timestamptz not null default now(),
      updated_at timestamptz not null default now()
    );

    -- A proven link from an account to a source. external_id is keyed-hashed for look-ups and encrypted for reading.
    create table identities (
      id uuid primary key,
      account_id uuid not null references accounts (id) on delete cascade,
      source text not null,
      external_id_hash bytea not null,
      external_id bytea not null,
      created_at timestamptz not null default now(),
      unique (source, external_id_hash)
    );
    create index identities_account on identities (account_id);

    create table passwords (
      account_id uuid primary key references accounts (id) on delete cascade,
      hash text not null,
      updated_at timestamptz not null default now()
    );
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop table passwords, identities, accounts');
}
