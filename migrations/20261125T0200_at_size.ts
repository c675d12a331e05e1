import type { Knex } from 'knex';

/** Indexes are made while the version before this one serves: no table is locked against writing meanwhile. */
export const config = { transaction: false };

const INDEXES = {
  // The help desk finds people by name.
  accounts_family_name: 'accounts (lower(family_name))',
  accounts_given_family_name: "accounts (lower(given_name || ' ' || family_name))",
  accounts_family_given_name: "accounts (lower(family_name || ' ' || given_name))",
  // What the years do to an account is looked for among those whose time has come.
  accounts_mail_checked:
    "accounts (coalesce(email_checked_at, created_at), id) where status = 'active' and email_verified",
  accounts_last_use: "accounts (coalesce(last_use_at, created_at), id) where status = 'active'",
  // What goes with an account is found, whatever its state.
  sessions_of_account: 'sessions (account_id)',
  challenges_account: 'challenges (account_id)',
} as const;

export async function up(knex: Knex): Promise<void> {
  // As the sweep of lifecycles last found it, so never later than the truth: a sign-in writes nothing here.
  await knex.raw('alter table accounts add column if not exists last_use_at timestamptz');
  for (const [name, of] of Object.entries(INDEXES)) {
    // What a run that was cut off left behind is not valid, and would be taken for done.
    await knex.raw(`drop index concurrently if exists ${name}`);
    await knex.raw(`create index concurrently ${name} on ${of}`);
  }
  // What an index is made of, the planner knows nothing of until it has looked.
  await knex.raw('analyze accounts');
  // sessions_of_account does all that it did, and lets the end of a session be written in place.
  await knex.raw('drop index concurrently if exists sessions_account');
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('create index if not exists sessions_account on sessions (account_id) where ended_at is null');
  for (const name of Object.keys(INDEXES)) await knex.raw(`drop index if exists ${name}`);
  await knex.raw('alter table accounts drop column if exists last_use_at');
}
