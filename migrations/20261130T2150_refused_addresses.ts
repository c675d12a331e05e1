import type { Knex } from 'knex';

/** What became of a message is known to who waits for it, and an address that nothing reaches is known as one. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    -- Why the last code did not leave yet, or never will: a reason of src/delivery/answers.ts.
    alter table challenges add column trouble text;
    -- Since when the account's mail is refused by its own server; null: it is not, or nobody knows.
    alter table accounts add column email_refused_at timestamptz;
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table accounts drop column email_refused_at;
    alter table challenges drop column trouble;
  `);
}
