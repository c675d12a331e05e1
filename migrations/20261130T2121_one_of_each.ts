import type { Knex } from 'knex';

/** Of one interaction, one challenge of a passkey and one way to the card's host: the one before goes. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create index passkey_challenges_context on passkey_challenges (context_hash);
    create index card_handovers_uid on card_handovers (uid_hash);
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop index card_handovers_uid, passkey_challenges_context');
}
