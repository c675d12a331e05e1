import type { Knex } from 'knex';

/** What the message of a code says of how it was asked for; unknown of those before. They live as long as the code. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(
    'alter table challenges add column application text, add column user_agent text, add column place text, add column zone text',
  );
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(
    'alter table challenges drop column application, drop column user_agent, drop column place, drop column zone',
  );
}
