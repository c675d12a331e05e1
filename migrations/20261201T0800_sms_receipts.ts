import type { Knex } from 'knex';

/** What an SMS provider says of a message after it took it, and what follows for the number. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    -- Under which name a provider knows the message of a code. Goes with its challenge.
    create table sms_messages (
      provider text not null,
      message_hash bytea not null,
      challenge_id uuid not null references challenges (id) on delete cascade,
      counter integer not null,
      sent_at timestamptz not null,
      -- The phone has it: whatever is said of the same message afterwards says nothing.
      reached boolean not null default false,
      primary key (provider, message_hash)
    );
    create index sms_messages_challenge on sms_messages (challenge_id);
    -- The last code that a provider took and could not bring; 0: none. The reason is in trouble.
    alter table challenges add column returned integer not null default 0;
    -- Since when nothing reaches the account's phone; null: it does, or nobody knows. And when it last did.
    alter table accounts add column phone_refused_at timestamptz, add column phone_checked_at timestamptz;
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table accounts drop column phone_refused_at, drop column phone_checked_at;
    alter table challenges drop column returned;
    drop table sms_messages;
  `);
}
