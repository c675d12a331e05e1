import type { CrlStore } from '../../src/cards/revocation.ts';
import type { Database } from '../db/database.ts';
import { atomically, changed, first, query } from '../db/query.ts';

/**
 * Serials in rows of their own: a web process answers with one look-up and never reads a list of a hundred thousand.
 * What is there was checked before it was written.
 */
export function createCrlStore(database: Database): CrlStore {
  return {
    async lookUp(issuer, serial) {
      const row = await first<{ next_update: Date; revoked: boolean }>(
        database,
        `select next_update, exists (
           select from card_crl_entries where issuer = :issuer and serial = :serial
         ) as revoked from card_crls where issuer = :issuer`,
        { issuer, serial },
      );
      return row && { nextUpdate: row.next_update, revoked: row.revoked };
    },
    async byIssuer(issuer) {
      const row = await first<{ this_update: Date; next_update: Date }>(
        database,
        'select this_update, next_update from card_crls where issuer = :issuer',
        { issuer },
      );
      return row && { thisUpdate: row.this_update, nextUpdate: row.next_update };
    },
    save: ({ issuer, thisUpdate, nextUpdate, serials }) =>
      atomically(database, async (transaction) => {
        // The row is the lock: of two workers the second compares with what the first wrote.
        const newer = await changed(
          transaction,
          `insert into card_crls (issuer, this_update, next_update) values (:issuer, :thisUpdate, :nextUpdate)
           on conflict (issuer) do update
             set this_update = excluded.this_update, next_update = excluded.next_update, saved_at = now()
             where card_crls.this_update < excluded.this_update`,
          { issuer, thisUpdate, nextUpdate },
        );
        if (!newer) return false;
        // Only what changed is written: most of a list is that of an hour ago.
        await query(
          transaction,
          `delete from card_crl_entries held where issuer = :issuer
             and not exists (select from unnest(:serials::text[]) as listed (serial) where listed.serial = held.serial)`,
          { issuer, serials },
        );
        await query(
          transaction,
          `insert into card_crl_entries (issuer, serial) select :issuer, unnest(:serials::text[])
           on conflict do nothing`,
          { issuer, serials },
        );
        return true;
      }),
  };
}
