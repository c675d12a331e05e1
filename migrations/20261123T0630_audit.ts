import type { Knex } from 'knex';

/** What happened, and how often: audit lines (no names, no national ids) and rate limits. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table audit (
      id bigint generated always as identity primary key,
      at timestamptz not null default now(),
      event text not null,
      account_id uuid,
      client_id text,
      mode text,
      acr text,
      support_code text,
      address_hash bytea,
      details jsonb not null default '{}'
    );
    create index audit_account on audit (account_id, id) where account_id is not null;
    create index audit_support_code on audit (support_code) where support_code is not null;
    create index audit_at on audit using brin (at);

    -- The shape that rate-limiter-flexible expects.
    create table rate_limits (
      key varchar(255) primary key,
      points integer not null default 0,
      expire bigint
    );
    create index rate_limits_expire on rate_limits (expire);
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop table rate_limits, audit');
}
