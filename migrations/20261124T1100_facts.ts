import type { Knex } from 'knex';

/** What each source says of a person, since when; and what a first sign-in had verified when it was cut off. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table account_facts (
      account_id uuid not null references accounts (id) on delete cascade,
      -- cps, psc, structure:<id>, invitation, person
      source text not null,
      -- Sealed.
      said bytea not null,
      -- Keyed hash of the same: a sign-in that says nothing new writes nothing.
      digest bytea not null,
      stated_at timestamptz not null,
      primary key (account_id, source)
    );

    create table sign_up_drafts (
      -- Keyed hash of the outside identity that signs up.
      identity_hash bytea primary key,
      -- Sealed: what was typed, and which addresses were verified.
      draft bytea not null,
      expires_at timestamptz not null
    );
    create index sign_up_drafts_expires on sign_up_drafts (expires_at);

    -- Another number of the same person: found by it, never shown as theirs.
    alter table identities add column alias boolean not null default false;
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table identities drop column alias;
    drop table sign_up_drafts, account_facts;
  `);
}
