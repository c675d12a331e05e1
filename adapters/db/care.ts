import type { Acr, ModeId } from '../../config/modes.ts';
import type { Care } from '../../src/accounts/care.ts';
import { loginKey } from '../../src/accounts/login-key.ts';
import { changed, first, type Queryable, query } from './query.ts';

interface HistoryRow {
  readonly id: string;
  readonly client_id: string;
  readonly mode: ModeId;
  readonly acr: Acr;
  readonly amr: string[];
  readonly authenticated_at: Date;
  readonly place: string | null;
  readonly user_agent: string | null;
  readonly passkey_id: string | null;
  readonly device_id: string | null;
}

/** A mail is looked up and kept unique under its key; a number is not. */
const SET = {
  mail: `update accounts a set email = :value, email_key = :key, email_verified = :verified, mail_to_prove = false,
      email_refused_at = null, updated_at = now(),
      mail_vouched_at = case when a.email is not distinct from :value then a.mail_vouched_at end
    where a.id = :accountId and (cast(:anything as boolean) or a.email is not distinct from :replacing)
      and not exists (select 1 from accounts o where o.id <> a.id and (o.email_key = :key or o.login_key = :key))`,
  sms: `update accounts a set phone = :value, phone_verified = :verified, phone_refused_at = null,
      updated_at = now()
    where a.id = :accountId and (cast(:anything as boolean) or a.phone is not distinct from :replacing)`,
} as const;

export function createCare(database: Queryable): Care {
  return {
    async setContact(accountId, channel, { value, verified }, replacing) {
      const key = value === undefined ? undefined : loginKey(value);
      const bindings = { accountId, value, verified, anything: !replacing, replacing: replacing?.value };
      try {
        if (await changed(database, SET[channel], channel === 'mail' ? { ...bindings, key } : bindings)) return 'done';
      } catch (error) {
        // Somebody else's insert came between the look and the write; the transaction is spoilt, and its owner told so.
        if ((error as { code?: string }).code === '23505') return 'taken';
        throw error;
      }
      if (channel === 'sms') return 'overtaken';
      const other = await first(
        database,
        'select 1 from accounts where id <> :accountId and (email_key = :key or login_key = :key)',
        { accountId, key },
      );
      return other ? 'taken' : 'overtaken';
    },

    async passwordHash(accountId) {
      const row = await first<{ hash: string }>(database, 'select hash from passwords where account_id = :accountId', {
        accountId,
      });
      return row?.hash;
    },

    async passwordSince(accountId) {
      const row = await first<{ updated_at: Date }>(
        database,
        'select updated_at from passwords where account_id = :accountId',
        { accountId },
      );
      return row?.updated_at;
    },

    removePassword: (accountId) =>
      changed(database, 'delete from passwords where account_id = :accountId', { accountId }),

    async identities(accountId) {
      const rows = await query<{ source: string; created_at: Date }>(
        database,
        'select source, created_at from identities where account_id = :accountId order by created_at',
        { accountId },
      );
      return rows.map(({ source, created_at }) => ({ source, since: created_at }));
    },

    async history(accountId, limit) {
      const rows = await query<HistoryRow>(
        database,
        `select id, client_id, mode, acr, amr, authenticated_at, place, user_agent, passkey_id, device_id from sign_ins
         where account_id = :accountId order by created_at desc, id limit :limit`,
        { accountId, limit },
      );
      return rows.map((row) => ({
        id: row.id,
        clientId: row.client_id,
        mode: row.mode,
        acr: row.acr,
        amr: row.amr,
        authenticatedAt: row.authenticated_at,
        place: row.place ?? undefined,
        userAgent: row.user_agent ?? undefined,
        passkeyId: row.passkey_id ?? undefined,
        deviceId: row.device_id ?? undefined,
      }));
    },

    async consents(accountId) {
      const rows = await query<{ client_id: string; scopes: string[]; given_at: Date }>(
        database,
        'select client_id, scopes, given_at from consents where account_id = :accountId order by client_id',
        { accountId },
      );
      return rows.map((row) => ({ clientId: row.client_id, scopes: row.scopes, givenAt: row.given_at }));
    },

    async closedDoors(accountId) {
      const rows = await query<{ mode: ModeId; closed_at: Date }>(
        database,
        'select mode, closed_at from closed_doors where account_id = :accountId order by mode',
        { accountId },
      );
      return rows.map(({ mode, closed_at }) => ({ mode, at: closed_at }));
    },

    async closeDoor(accountId, mode, at) {
      await query(
        database,
        'insert into closed_doors (account_id, mode, closed_at) values (:accountId, :mode, :at) on conflict do nothing',
        { accountId, mode, at },
      );
    },

    openDoor: (accountId, mode) =>
      changed(database, 'delete from closed_doors where account_id = :accountId and mode = :mode', { accountId, mode }),

    async auditLines(accountId, limit) {
      const rows = await query<{
        at: Date;
        event: string;
        client_id: string | null;
        support_code: string | null;
        details: unknown;
      }>(
        database,
        `select at, event, client_id, support_code, details from audit where account_id = :accountId
         order by id desc limit :limit`,
        { accountId, limit },
      );
      return rows.map((row) => ({
        at: row.at,
        event: row.event,
        clientId: row.client_id ?? undefined,
        supportCode: row.support_code ?? undefined,
        details: row.details,
      }));
    },
  };
}
