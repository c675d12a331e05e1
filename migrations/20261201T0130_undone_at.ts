import type { Knex } from 'knex';

/** When the change was made that a line of the journal undid: null where it undid none. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw('alter table undos add column undoes_at timestamptz');
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('alter table undos drop column undoes_at');
}
