import type { Knex } from 'knex';

/** Which sign-ins a logout token of another provider ends, by keyed hash; and the tokens that were used. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw('alter table sign_ins add column upstream_sid bytea, add column upstream_subject bytea');
  for (const column of ['upstream_sid', 'upstream_subject'])
    await knex.raw(`create index sign_ins_${column} on sign_ins (${column}) where ${column} is not null`);
  await knex.raw(`create table upstream_logouts (
    token_hash bytea primary key,
    expires_at timestamptz not null
  )`);
  await knex.raw('create index upstream_logouts_expires_at on upstream_logouts (expires_at)');
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop table upstream_logouts');
  await knex.raw('alter table sign_ins drop column upstream_sid, drop column upstream_subject');
}
