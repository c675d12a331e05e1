import type { Knex } from 'knex';

/**
 * What a person typed and what others vouched for stands sealed: the state of a flow, and what came with one sign-in.
 * The flows under way begin again: they live an hour, and nothing that was acknowledged rests on them.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw('delete from flows');
  await knex.raw('alter table flows drop column data, add column data bytea not null');
  await knex.raw('alter table sign_ins add column upstream bytea');
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('alter table sign_ins drop column upstream');
  await knex.raw('delete from flows');
  await knex.raw('alter table flows drop column data, add column data jsonb not null');
}
