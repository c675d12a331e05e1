import type { Knex } from 'knex';

/** MonSisra: the desktops of a person, their sessions, and the requests that they approve. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table desktop_devices (
      id uuid primary key,
      account_id uuid not null references accounts (id) on delete cascade,
      client_id text not null,
      -- Thumbprint (RFC 7638) of the public key that the device proves itself with.
      jkt text not null,
      -- Encrypted: people write their own name in it.
      name bytea not null,
      place text,
      created_at timestamptz not null,
      last_used_at timestamptz not null,
      revoked_at timestamptz,
      -- A revoked key does not come back under the same account.
      unique (account_id, jkt)
    );

    -- One sign-in of the desktop application; its grant leads to the sign-in, and so to what was proved.
    create table desktop_sessions (
      grant_hash bytea primary key,
      device_id uuid not null references desktop_devices (id) on delete cascade,
      opened_at timestamptz not null,
      expires_at timestamptz not null,
      ended_at timestamptz
    );
    create index desktop_sessions_device on desktop_sessions (device_id) where ended_at is null;
    create index desktop_sessions_expires on desktop_sessions (expires_at);

    create table desktop_requests (
      id uuid primary key,
      kind text not null check (kind in ('browser', 'ciba')),
      token_hash bytea unique,
      -- Keyed: six characters can be guessed.
      code_hash bytea unique,
      -- The interaction it belongs to, and so the browser.
      uid_hash bytea,
      -- Encrypted: what is shown on both sides, and the number.
      content bytea not null,
      -- Whom a client without a browser asked for.
      asked_account_id uuid references accounts (id) on delete cascade,
      device_id uuid references desktop_devices (id) on delete cascade,
      state text not null default 'waiting',
      -- Encrypted: what the approval proves.
      proof bytea,
      created_at timestamptz not null,
      expires_at timestamptz not null,
      answered_at timestamptz
    );
    create index desktop_requests_uid on desktop_requests (uid_hash);
    create index desktop_requests_asked on desktop_requests (asked_account_id) where state = 'waiting';
    create index desktop_requests_expires on desktop_requests (expires_at);

    -- The desktop that gave a sign-in: what rests on it ends with it.
    alter table sign_ins add column device_id uuid references desktop_devices (id) on delete set null;
    create index sign_ins_device on sign_ins (device_id) where device_id is not null;
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table sign_ins drop column device_id;
    drop table desktop_requests, desktop_sessions, desktop_devices
  `);
}
