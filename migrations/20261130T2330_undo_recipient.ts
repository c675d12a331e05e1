import type { Knex } from 'knex';

/** To which mailbox the code of an undo went, as a keyed hash; unknown for those before. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw('alter table undos add column sent_to_hash bytea');
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('alter table undos drop column sent_to_hash');
}
