import type { Knex } from 'knex';

/** The revocation list of each authority of cards, by the hash of its public key, as the worker last checked it. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table card_crls (
      issuer text primary key,
      this_update timestamptz not null,
      next_update timestamptz not null,
      saved_at timestamptz not null default now()
    )
  `);
  await knex.raw(`
    create table card_crl_entries (
      issuer text not null references card_crls (issuer) on delete cascade,
      serial text not null,
      primary key (issuer, serial)
    )
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop table card_crl_entries');
  await knex.raw('drop table card_crls');
}
