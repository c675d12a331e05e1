import type { Knex } from 'knex';

/** When a published key becomes the one that signs; of each algorithm, one key waits at most. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table signing_keys add column activate_at timestamptz;
    create unique index signing_keys_one_next on signing_keys (alg) where state = 'next';
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop index signing_keys_one_next');
  await knex.raw('alter table signing_keys drop column activate_at');
}
