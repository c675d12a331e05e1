import { randomUUID } from 'node:crypto';
import { type RecoveryCodes, readRecoveryCode } from '../../src/factors/recovery-codes.ts';
import type { Vault } from '../../src/protection/secrets.ts';
import { changed, first, type Queryable, query } from './query.ts';

export function createRecoveryCodes(database: Queryable, vault: Vault): RecoveryCodes {
  const hashOf = (accountId: string, code: string) =>
    vault.index(readRecoveryCode(code) ?? '', `recovery-code:${accountId}`);
  return {
    async replace(accountId, codes, at) {
      await query(database, 'delete from recovery_codes where account_id = :accountId', { accountId });
      for (const code of codes)
        await query(
          database,
          `insert into recovery_codes (id, account_id, code_hash, created_at)
           values (:id, :accountId, :code, :at)`,
          { id: randomUUID(), accountId, code: hashOf(accountId, code), at },
        );
    },

    async fits(accountId, code) {
      const row = await first(
        database,
        'select 1 from recovery_codes where account_id = :accountId and code_hash = :code and used_at is null',
        { accountId, code: hashOf(accountId, code) },
      );
      return row !== undefined;
    },

    use: (accountId, code, at) =>
      changed(
        database,
        `update recovery_codes set used_at = :at
         where account_id = :accountId and code_hash = :code and used_at is null`,
        { accountId, code: hashOf(accountId, code), at },
      ),

    async left(accountId) {
      const row = await first<{ count: number }>(
        database,
        `select cast(count(*) as integer) as count from recovery_codes
         where account_id = :accountId and used_at is null`,
        { accountId },
      );
      return row?.count ?? 0;
    },

    async madeAt(accountId) {
      const row = await first<{ created_at: Date }>(
        database,
        'select created_at from recovery_codes where account_id = :accountId limit 1',
        { accountId },
      );
      return row?.created_at;
    },

    async remove(accountId) {
      await query(database, 'delete from recovery_codes where account_id = :accountId', { accountId });
    },
  };
}
