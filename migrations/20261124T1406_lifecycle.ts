import type { Knex } from 'knex';

/** What the years do to an account: its mail is verified again, it is warned and suspended when nobody uses it. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    -- When a code last came back from the mail; none: when the account was made.
    alter table accounts add column email_checked_at timestamptz;
    alter table accounts add column mail_recheck_told_at timestamptz;
    alter table accounts add column idle_told_at timestamptz;
    create index accounts_closed on accounts (status_since) where status = 'closed';
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    drop index accounts_closed;
    alter table accounts drop column email_checked_at, drop column mail_recheck_told_at, drop column idle_told_at;
  `);
}
