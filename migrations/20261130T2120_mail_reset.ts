import type { Knex } from 'knex';

/** What a password is worth that its owner's mail alone replaced: see src/assurance/mailbox.ts. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    -- When the password was reset by the mail alone; null: it was not, or something else was proved since.
    alter table accounts add column mail_reset_at timestamptz;
    -- When two agents of the help desk gave the account this mail; null: they did not, or it was used.
    alter table accounts add column mail_vouched_at timestamptz;
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('alter table accounts drop column mail_vouched_at, drop column mail_reset_at');
}
