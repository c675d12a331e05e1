import type { Knex } from 'knex';

/** The way of one sign-in to the card's own host and back: neither the way there nor the ticket back stands in clear. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table card_handovers (
      token_hash bytea primary key,
      uid_hash bytea not null,
      -- Encrypted: the uid, which is a secret, and what the page of the card's host must know.
      origin bytea not null,
      expires_at timestamptz not null,
      ticket_hash bytea unique,
      -- Encrypted: the holder, or why the card was refused.
      outcome bytea,
      ticket_expires_at timestamptz,
      redeemed_at timestamptz,
      created_at timestamptz not null default now()
    );
    create index card_handovers_expires on card_handovers (expires_at);
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop table card_handovers');
}
