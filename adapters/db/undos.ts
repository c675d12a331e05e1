import { randomUUID } from 'node:crypto';
import { loginKey } from '../../src/accounts/login-key.ts';
import { readUndoCode, replaced, thingOf, type Undo, type Undos } from '../../src/accounts/undo.ts';
import type { Vault } from '../../src/protection/secrets.ts';
import { changed, first, type Queryable, query } from './query.ts';

interface Row {
  readonly id: string;
  readonly account_id: string;
  readonly before: Buffer;
  readonly created_at: Date;
}

export function createUndos(database: Queryable, vault: Vault): Undos {
  const hashOf = (code: string) => vault.index(readUndoCode(code), 'undo');
  const mailboxOf = (mail: string | undefined) =>
    mail === undefined ? null : vault.index(loginKey(mail), 'undo:sent-to');
  const toUndo = (row: Row): Undo => ({
    id: row.id,
    accountId: row.account_id,
    before: replaced.parse(JSON.parse(vault.open(row.before, `undo:${row.id}`).toString())),
    createdAt: row.created_at,
  });
  return {
    async insert({ accountId, code, before, at, expiresAt, sentTo, undoes }) {
      const id = randomUUID();
      await query(
        database,
        `insert into undos (id, account_id, kind, code_hash, before, created_at, expires_at, sent_to_hash, undoes_at)
         values (:id, :accountId, :kind, :code, :before, :at, :expiresAt, :mailbox, :undoes)`,
        {
          id,
          accountId,
          kind: before.kind,
          code: hashOf(code),
          before: vault.seal(JSON.stringify(before), `undo:${id}`),
          at,
          expiresAt,
          mailbox: mailboxOf(sentTo),
          undoes: undoes ?? null,
        },
      );
    },

    async find(code, now) {
      const row = await first<Row>(
        database,
        `select id, account_id, before, created_at from undos
         where code_hash = :code and used_at is null and expires_at > :now`,
        { code: hashOf(code), now },
      );
      return row && toUndo(row);
    },

    async since(accountId, since) {
      const rows = await query<Row>(
        database,
        `select id, account_id, before, created_at from undos
         where account_id = :accountId and created_at >= :since and used_at is null
           and (undoes_at is null or undoes_at < :since)
         order by created_at, id`,
        { accountId, since },
      );
      return rows.map(toUndo);
    },

    async useSince(accountId, since, now, ownersMail) {
      // An earlier one stays in the journal, and only its code is over.
      await query(
        database,
        `update undos set expires_at = least(expires_at, :now), used_at = case when created_at >= :since then cast(:now as timestamptz) end
         where account_id = :accountId and used_at is null
           and (created_at >= :since or sent_to_hash is distinct from cast(:mailbox as bytea))`,
        { accountId, since, now, mailbox: mailboxOf(ownersMail) },
      );
    },

    async use({ id, accountId, before, createdAt }, now) {
      if (
        !(await changed(
          database,
          'update undos set used_at = :now where id = :id and used_at is null and expires_at > :now',
          { id, now },
        ))
      )
        return false;
      const later = await query<Row>(
        database,
        `select id, account_id, before, created_at from undos
         where account_id = :accountId and kind = :kind and used_at is null and created_at >= :createdAt`,
        { accountId, kind: before.kind, createdAt },
      );
      const same = later.map(toUndo).filter((one) => thingOf(one.before) === thingOf(before));
      await query(database, 'update undos set used_at = :now where id = any(cast(:same as uuid[]))', {
        now,
        same: same.map((one) => one.id),
      });
      if (before.kind === 'mail')
        await query(
          database,
          `update undos set expires_at = least(expires_at, :now)
           where account_id = :accountId and used_at is null and created_at >= :createdAt
             and sent_to_hash is distinct from cast(:mailbox as bytea)`,
          { now, accountId, createdAt, mailbox: mailboxOf(before.value) },
        );
      return true;
    },
  };
}
