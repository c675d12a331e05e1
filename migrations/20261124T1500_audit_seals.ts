import type { Knex } from 'knex';

/**
 * The audit in months, sealed and never changed: lines keep their shape, so that the version before this one goes on
 * writing them. `mire_service` is the role of a database user that serves; it may add lines and read them, no more.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table audit rename to audit_before;
    alter index audit_account rename to audit_before_account;
    alter index audit_support_code rename to audit_before_support_code;
    alter index audit_at rename to audit_before_at;
    alter table audit_before rename constraint audit_pkey to audit_before_pkey;
    create sequence audit_line;

    create table audit (
      id bigint not null default nextval('audit_line'),
      at timestamptz not null default now(),
      event text not null,
      account_id uuid,
      client_id text,
      mode text,
      acr text,
      support_code text,
      address_hash bytea,
      -- The network of the address, coarse enough to find no house.
      place text,
      details jsonb not null default '{}',
      primary key (id, at)
    ) partition by range (at);
    alter sequence audit_line owned by audit.id;
    create index audit_account on audit (account_id, id) where account_id is not null;
    create index audit_support_code on audit (support_code) where support_code is not null;
    create index audit_at on audit using brin (at);

    -- One row for each line, in the order of sealing. The last one of each round is signed.
    create table audit_seals (
      position bigint not null,
      line_id bigint not null,
      line_at timestamptz not null,
      line_hash bytea not null,
      hash bytea not null,
      signature bytea,
      sealed_at timestamptz not null default now(),
      primary key (position, sealed_at)
    ) partition by range (sealed_at);
    create index audit_seals_line on audit_seals (line_id);

    -- Where the chain begins once older months were dropped: signed before anything goes.
    create table audit_retirements (
      dropped_before timestamptz primary key,
      position bigint not null,
      hash bytea not null,
      signature bytea not null,
      at timestamptz not null default now()
    );

    -- Whoever holds this row seals: a row lock, since PGlite knows no other that excludes. Where the chain ended last,
    -- so that an end that was cut off is missed.
    create table audit_sealer (
      one boolean primary key default true check (one),
      position bigint not null default 0,
      hash bytea
    );
    insert into audit_sealer default values;

    create table audit_default partition of audit default;
    create table audit_seals_default partition of audit_seals default;

    -- Rights are the first lock, this is the second: it also holds for the owner of the tables.
    create function audit_refuse() returns trigger language plpgsql as $$
      begin raise exception 'lines of the audit are never changed nor deleted'; end $$;
    create trigger audit_unchanged before update or delete on audit for each row execute function audit_refuse();
    create trigger audit_seals_unchanged before update or delete on audit_seals for each row execute function audit_refuse();
    create trigger audit_retirements_unchanged before update or delete on audit_retirements
      for each row execute function audit_refuse();
  `);
  await knex.raw(MAKE_MONTHS);
  await knex.raw(RETIRE);
  await knex.raw(GRANTS);
  await knex.raw(`
    select audit_make_months(coalesce((select min(at) from audit_before), now()), 3);
    insert into audit (id, at, event, account_id, client_id, mode, acr, support_code, address_hash, details)
      select id, at, event, account_id, client_id, mode, acr, support_code, address_hash, details from audit_before;
    select setval('audit_line', greatest((select coalesce(max(id), 0) from audit), 1));
    drop table audit_before;
    select mire_grants();
  `);
}

/** Runs as the owner of the tables, for a service that may not: partitions for these months, if they are missing. */
const MAKE_MONTHS = `
  create function audit_make_months(since timestamptz, ahead integer) returns void
    language plpgsql security definer set search_path = public, pg_temp as $$
  declare
    month timestamp := date_trunc('month', since at time zone 'UTC');
    parent text;
    part text;
  begin
    while month <= date_trunc('month', now() at time zone 'UTC') + make_interval(months => least(ahead, 12)) loop
      foreach parent in array array['audit', 'audit_seals'] loop
        part := parent || to_char(month, '_YYYY_MM');
        continue when to_regclass('public.' || part) is not null;
        begin
          execute format('create table %I (like %I including all)', part, parent);
          execute format('alter table %I attach partition %I for values from (%L) to (%L)', parent, part,
            month at time zone 'UTC', (month + interval '1 month') at time zone 'UTC');
          if exists (select 1 from pg_roles where rolname = 'mire_service') then
            execute format('revoke all on %I from mire_service', part);
          end if;
        exception when check_violation then
          -- Lines of that month already stand in the default partition, and stay there.
          raise warning 'the month % cannot have a partition of its own any more', part;
        end;
      end loop;
      month := month + interval '1 month';
    end loop;
  end $$`;

/** Drops whole months, and only where a signed retirement says so and half a year has passed. */
const RETIRE = `
  create function audit_retire(before timestamptz) returns integer
    language plpgsql security definer set search_path = public, pg_temp as $$
  declare
    part record;
    dropped integer := 0;
  begin
    if before > now() - interval '180 days' then
      raise exception 'the audit is kept for 180 days at least';
    end if;
    if not exists (select 1 from audit_retirements where dropped_before = before) then
      raise exception 'no signed retirement says that the audit before % may go', before;
    end if;
    perform set_config('lock_timeout', '2s', true);
    for part in
      select c.relname as name, p.relname as parent from pg_inherits i
        join pg_class c on c.oid = i.inhrelid join pg_class p on p.oid = i.inhparent
      where p.relname in ('audit', 'audit_seals') and c.relname ~ '^audit(_seals|)_[0-9]{4}_[0-9]{2}$'
        and (to_date(right(c.relname, 7), 'YYYY_MM') + interval '1 month') at time zone 'UTC' <= before
    loop
      execute format('alter table %I detach partition %I', part.parent, part.name);
      execute format('drop table %I', part.name);
      dropped := dropped + 1;
    end loop;
    return dropped;
  end $$`;

/** Called after every migration: says why when it could not. */
const GRANTS = `
  create function mire_grants() returns text language plpgsql as $$
  declare part text;
  begin
    if not exists (select 1 from pg_roles where rolname = 'mire_service') then
      begin
        create role mire_service nologin;
      exception
        when duplicate_object or unique_violation then null;
        when insufficient_privilege then return 'the role mire_service is missing, and this database user may not create it';
      end;
    end if;
    grant usage on schema public to mire_service;
    grant select, insert, update, delete on all tables in schema public to mire_service;
    grant usage, select on all sequences in schema public to mire_service;
    alter default privileges in schema public grant select, insert, update, delete on tables to mire_service;
    alter default privileges in schema public grant usage, select on sequences to mire_service;
    revoke update, delete, truncate on audit, audit_seals, audit_retirements from mire_service;
    revoke insert, delete, truncate on audit_sealer from mire_service;
    for part in select inhrelid::regclass::text from pg_inherits
      where inhparent in ('audit'::regclass, 'audit_seals'::regclass)
    loop
      if to_regclass(part) is not null then execute format('revoke all on %s from mire_service', part); end if;
    end loop;
    revoke execute on function audit_make_months(timestamptz, integer), audit_retire(timestamptz) from public;
    grant execute on function audit_make_months(timestamptz, integer), audit_retire(timestamptz) to mire_service;
    if exists (select 1 from pg_namespace where nspname = 'bullmq') then
      grant usage on schema bullmq to mire_service;
      grant select, insert, update, delete on all tables in schema bullmq to mire_service;
      grant usage, select on all sequences in schema bullmq to mire_service;
      grant execute on all functions in schema bullmq to mire_service;
    end if;
    return null;
  end $$`;

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    create table audit_after (
      id bigint generated by default as identity,
      at timestamptz not null default now(),
      event text not null,
      account_id uuid,
      client_id text,
      mode text,
      acr text,
      support_code text,
      address_hash bytea,
      details jsonb not null default '{}'
    );
    insert into audit_after select id, at, event, account_id, client_id, mode, acr, support_code, address_hash, details
      from audit;
    drop table audit, audit_seals, audit_retirements, audit_sealer;
    drop function audit_make_months, audit_retire, mire_grants, audit_refuse;
    alter table audit_after rename to audit;
    alter table audit add constraint audit_pkey primary key (id);
    select setval(pg_get_serial_sequence('audit', 'id'), greatest((select coalesce(max(id), 0) from audit), 1));
    alter table audit alter column id set generated always;
    create index audit_account on audit (account_id, id) where account_id is not null;
    create index audit_support_code on audit (support_code) where support_code is not null;
    create index audit_at on audit using brin (at);
  `);
}
