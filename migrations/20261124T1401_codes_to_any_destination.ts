import type { Knex } from 'knex';

/** A code may go to an address or number that is not verified yet, or is no account's. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table challenges alter column account_id drop not null;
    alter table challenges add column purpose text not null default 'sign-in';
    -- Asked for somewhere that nothing may be sent to: no code of it is right, and the page does not tell.
    alter table challenges add column decoy boolean not null default false;
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    delete from challenges where account_id is null or purpose <> 'sign-in' or decoy;
    alter table challenges drop column decoy;
    alter table challenges drop column purpose;
    alter table challenges alter column account_id set not null;
  `);
}
