import type { Knex } from 'knex';

/** The session a token ends with, so that both are read at once. No index: it is followed from the token alone. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw('alter table oidc_models add column session_hash bytea');
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('alter table oidc_models drop column session_hash');
}
