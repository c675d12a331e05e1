import type { Knex } from 'knex';

/** Ways of signing in that people add themselves: passkeys, an authenticator application, recovery codes. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table passkeys (
      id uuid primary key,
      account_id uuid not null references accounts (id) on delete cascade,
      -- As the browser names it, in base64url.
      credential_id text not null unique,
      public_key bytea not null,
      counter bigint not null default 0,
      transports text[] not null default '{}',
      aaguid text not null,
      synced boolean not null default false,
      attestation_format text not null,
      -- Kept as it came, for a day when a rule asks what keys these are.
      attestation bytea not null,
      name text not null,
      created_at timestamptz not null,
      last_used_at timestamptz,
      -- Its counter went back: there may be two of it.
      suspended_at timestamptz,
      -- Kept until the removal can no longer be undone.
      removed_at timestamptz
    );
    create index passkeys_account on passkeys (account_id);
    create index passkeys_removed on passkeys (removed_at) where removed_at is not null;

    -- What an authenticator is asked to sign, once.
    create table passkey_challenges (
      challenge_hash bytea primary key,
      context_hash bytea not null,
      expires_at timestamptz not null
    );
    create index passkey_challenges_expires on passkey_challenges (expires_at);

    create table authenticators (
      id uuid primary key,
      account_id uuid not null references accounts (id) on delete cascade,
      seed bytea not null,
      -- The period of the last code accepted: none is accepted twice.
      last_step bigint not null default 0,
      preferred boolean not null default true,
      created_at timestamptz not null,
      confirmed_at timestamptz,
      removed_at timestamptz
    );
    create unique index authenticators_one on authenticators (account_id) where confirmed_at is not null and removed_at is null;
    create index authenticators_account on authenticators (account_id);

    create table recovery_codes (
      id uuid primary key,
      account_id uuid not null references accounts (id) on delete cascade,
      code_hash bytea not null,
      created_at timestamptz not null,
      used_at timestamptz,
      unique (account_id, code_hash)
    );
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop table recovery_codes, authenticators, passkey_challenges, passkeys');
}
