import type { Knex } from 'knex';

/** Whoever was asked for an address that works, and puts it off, is left in peace for a while. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw('alter table accounts add column mail_asked_at timestamptz');
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('alter table accounts drop column mail_asked_at');
}
