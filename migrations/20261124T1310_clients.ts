import type { Knex } from 'knex';

/** Applications have a table of their own: a version, two secrets during a rotation, and when they were last used. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table clients (
      id_hash bytea primary key,
      -- Encrypted: the metadata as registered, the secret among them.
      payload bytea not null,
      -- Every change is a compare-and-set on it.
      version integer not null default 1,
      -- Encrypted: the secret before the last rotation, good until then.
      previous_secret bytea,
      previous_secret_until timestamptz,
      -- The integrator who made it in the portal.
      owner_account uuid references accounts (id) on delete set null,
      created_at timestamptz not null default now(),
      updated_at timestamptz not null default now(),
      last_used_at timestamptz,
      disabled_at timestamptz,
      disabled_reason text
    );
    create index clients_owner on clients (owner_account) where owner_account is not null;
    insert into clients (id_hash, payload, created_at)
      select id_hash, payload, created_at from oidc_models where model = 'Client';
    delete from oidc_models where model = 'Client';
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    insert into oidc_models (model, id_hash, payload, created_at) select 'Client', id_hash, payload, created_at from clients;
    drop table clients;
  `);
}
