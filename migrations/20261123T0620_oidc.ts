import type { Knex } from 'knex';

/** What oidc-provider stores. Ids that are secrets stand hashed, payloads encrypted. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table oidc_models (
      model text not null,
      id_hash bytea not null,
      payload bytea not null,
      grant_hash bytea,
      -- Not unique: a session id rotates by destroying one row and writing another with the same uid.
      uid_hash bytea,
      user_code_hash bytea,
      account_id uuid,
      client_id text,
      created_at timestamptz not null default now(),
      expires_at timestamptz,
      consumed_at timestamptz,
      primary key (model, id_hash)
    ) with (fillfactor = 80);
    create index oidc_models_grant on oidc_models (grant_hash) where grant_hash is not null;
    create index oidc_models_uid on oidc_models (uid_hash) where uid_hash is not null;
    create index oidc_models_user_code on oidc_models (user_code_hash) where user_code_hash is not null;
    create index oidc_models_account on oidc_models (account_id) where account_id is not null;
    create index oidc_models_expires on oidc_models (expires_at) where expires_at is not null;

    create table signing_keys (
      kid text primary key,
      alg text not null,
      state text not null check (state in ('next', 'active', 'retired')),
      public_jwk jsonb not null,
      private_jwk bytea not null,
      created_at timestamptz not null default now(),
      activated_at timestamptz,
      retired_at timestamptz
    );
    create unique index signing_keys_one_active on signing_keys (alg) where state = 'active';
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop table signing_keys, oidc_models');
}
