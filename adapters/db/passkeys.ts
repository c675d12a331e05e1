import type { Passkey, Passkeys } from '../../src/factors/passkey.ts';
import { hashId } from '../../src/protection/secrets.ts';
import { changed, first, type Queryable, query } from './query.ts';

interface PasskeyRow {
  readonly id: string;
  readonly account_id: string;
  readonly credential_id: string;
  readonly public_key: Buffer;
  readonly counter: string | number;
  readonly transports: string[];
  readonly aaguid: string;
  readonly synced: boolean;
  readonly name: string;
  readonly created_at: Date;
  readonly last_used_at: Date | null;
  readonly suspended_at: Date | null;
}

const SELECT = `select id, account_id, credential_id, public_key, counter, transports, aaguid, synced, name, created_at,
  last_used_at, suspended_at from passkeys`;

const toPasskey = (row: PasskeyRow): Passkey => ({
  id: row.id,
  accountId: row.account_id,
  credentialId: row.credential_id,
  publicKey: Uint8Array.from(row.public_key),
  // A bigint travels as text.
  counter: Number(row.counter),
  transports: row.transports,
  aaguid: row.aaguid,
  synced: row.synced,
  name: row.name,
  createdAt: row.created_at,
  lastUsedAt: row.last_used_at ?? undefined,
  suspendedAt: row.suspended_at ?? undefined,
});

export function createPasskeys(database: Queryable): Passkeys {
  return {
    async of(accountId) {
      const rows = await query<PasskeyRow>(
        database,
        `${SELECT} where account_id = :accountId and removed_at is null order by created_at, id`,
        { accountId },
      );
      return rows.map(toPasskey);
    },

    async byCredential(credentialId) {
      const row = await first<PasskeyRow>(
        database,
        `${SELECT} where credential_id = :credentialId and removed_at is null`,
        { credentialId },
      );
      return row && toPasskey(row);
    },

    insert: (passkey) =>
      changed(
        database,
        `insert into passkeys (id, account_id, credential_id, public_key, counter, transports, aaguid, synced,
           attestation_format, attestation, name, created_at)
         values (:id, :accountId, :credentialId, :publicKey, :counter, cast(:transports as text[]), :aaguid, :synced,
           :attestationFormat, :attestation, :name, :createdAt)
         on conflict (credential_id) do nothing`,
        {
          id: passkey.id,
          accountId: passkey.accountId,
          credentialId: passkey.credentialId,
          publicKey: Buffer.from(passkey.publicKey),
          counter: passkey.counter,
          transports: passkey.transports,
          aaguid: passkey.aaguid,
          synced: passkey.synced,
          attestationFormat: passkey.attestationFormat,
          attestation: Buffer.from(passkey.attestation),
          name: passkey.name,
          createdAt: passkey.createdAt,
        },
      ),

    used: (id, counter, at) =>
      changed(
        database,
        `update passkeys set counter = :counter, last_used_at = :at
         where id = :id and removed_at is null and suspended_at is null
           and (counter < cast(:counter as bigint) or (counter = 0 and cast(:counter as bigint) = 0))`,
        { id, counter, at },
      ),

    rename: (accountId, id, name) =>
      changed(
        database,
        'update passkeys set name = :name where id = :id and account_id = :accountId and removed_at is null',
        { accountId, id, name },
      ),

    suspend: (id, at) =>
      changed(database, 'update passkeys set suspended_at = :at where id = :id and suspended_at is null', { id, at }),

    async remove(accountId, id, at) {
      const row = await first<{ name: string }>(
        database,
        `update passkeys set removed_at = :at where id = :id and account_id = :accountId and removed_at is null
         returning name`,
        { accountId, id, at },
      );
      return row?.name;
    },

    restore: (accountId, id, madeBefore) =>
      changed(
        database,
        `update passkeys set removed_at = null where id = :id and account_id = :accountId and removed_at is not null
           and created_at < coalesce(cast(:madeBefore as timestamptz), 'infinity')`,
        { accountId, id, madeBefore },
      ),

    async challenge(context, challenge, expiresAt) {
      await query(
        database,
        `with before as (delete from passkey_challenges where context_hash = :context)
         insert into passkey_challenges (challenge_hash, context_hash, expires_at)
         values (:challenge, :context, :expiresAt)`,
        { challenge: hashId(challenge), context: hashId(context), expiresAt },
      );
    },

    redeem: (context, challenge, now) =>
      changed(
        database,
        `delete from passkey_challenges
         where challenge_hash = :challenge and context_hash = :context and expires_at > :now`,
        { challenge: hashId(challenge), context: hashId(context), now },
      ),
  };
}
