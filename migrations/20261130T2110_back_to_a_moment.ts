import type { Knex } from 'knex';

/** What taking an account back to a moment needs to know: see src/accounts/as-it-was.ts. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    -- How the identity came to the account.
    alter table identities add column road text not null default 'unknown';
    -- Made together with the account, in one transaction.
    update identities i set road = 'sign-up' from accounts a where a.id = i.account_id and a.created_at = i.created_at;
    -- Somebody else typed the mail: the code of a forgotten password proves it.
    alter table accounts add column mail_to_prove boolean not null default false;
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table accounts drop column mail_to_prove;
    alter table identities drop column road;
  `);
}
