import type { Knex } from 'knex';

/** One sign-in and what it leads to: the flow, the code, the proof, the session and its grants. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    -- Where one person stands in one interaction. version makes every move a compare-and-set.
    create table flows (
      uid_hash bytea primary key,
      client_id text not null,
      stage text not null,
      data jsonb not null,
      version integer not null default 1,
      created_at timestamptz not null default now(),
      expires_at timestamptz not null
    );
    create index flows_expires on flows (expires_at);

    -- One ephemeral code: an encrypted HOTP seed of its own, never the code.
    create table challenges (
      id uuid primary key,
      account_id uuid not null references accounts (id) on delete cascade,
      flow_hash bytea not null,
      channel text not null check (channel in ('mail', 'sms')),
      destination bytea not null,
      locale text not null,
      seed bytea not null,
      -- How many times a code was sent; each send is a new HOTP counter, so that it kills the one before.
      counter integer not null default 0,
      handed_over integer not null default 0,
      attempts integer not null default 0,
      sent_at timestamptz,
      expires_at timestamptz,
      consumed_at timestamptz,
      created_at timestamptz not null default now()
    );
    create index challenges_flow on challenges (flow_hash);
    create index challenges_created on challenges (created_at);

    -- One proof that was accepted, and the session it opened or raised.
    create table sessions (
      uid_hash bytea primary key,
      account_id uuid not null references accounts (id) on delete cascade,
      sign_in_id uuid not null,
      user_agent text,
      place text,
      started_at timestamptz not null,
      ended_at timestamptz,
      ended_by text
    );
    create index sessions_account on sessions (account_id) where ended_at is null;
    create index sessions_started on sessions (started_at);

    create table sign_ins (
      id uuid primary key,
      account_id uuid not null references accounts (id) on delete cascade,
      client_id text not null,
      mode text not null,
      acr text not null,
      amr text[] not null,
      -- When the password of this sign-in was given, if one was: what a code can complete.
      password_at timestamptz,
      authenticated_at timestamptz not null,
      created_at timestamptz not null default now()
    );
    create index sign_ins_account on sign_ins (account_id, created_at);

    -- Which sign-in and session stand behind a grant: claims of one sign-in come from here.
    create table session_grants (
      grant_hash bytea primary key,
      grant_id text not null,
      session_hash bytea not null,
      account_id uuid not null references accounts (id) on delete cascade,
      client_id text not null,
      sign_in_id uuid not null references sign_ins (id) on delete cascade,
      -- The session's name for this application (OIDC Back-Channel Logout §2.1).
      sid text,
      -- With offline_access: outlives the session.
      offline boolean not null default false,
      created_at timestamptz not null default now()
    );
    create index session_grants_session on session_grants (session_hash);
    create index session_grants_account on session_grants (account_id);
    create index session_grants_sign_in on session_grants (sign_in_id);
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop table session_grants, sign_ins, sessions, challenges, flows');
}
