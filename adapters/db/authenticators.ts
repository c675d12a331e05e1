import type { Authenticator, Authenticators } from '../../src/factors/authenticator.ts';
import type { Vault } from '../../src/protection/secrets.ts';
import { changed, first, type Queryable, query } from './query.ts';

interface AuthenticatorRow {
  readonly id: string;
  readonly account_id: string;
  readonly created_at: Date;
  readonly confirmed_at: Date | null;
  readonly preferred: boolean;
}

const SELECT = 'select id, account_id, created_at, confirmed_at, preferred from authenticators';
const COUNTS = 'confirmed_at is not null and removed_at is null';

const toAuthenticator = (row: AuthenticatorRow): Authenticator => ({
  id: row.id,
  accountId: row.account_id,
  createdAt: row.created_at,
  confirmedAt: row.confirmed_at ?? undefined,
  preferred: row.preferred,
});

export function createAuthenticators(database: Queryable, vault: Vault): Authenticators {
  return {
    async of(accountId) {
      const row = await first<AuthenticatorRow>(database, `${SELECT} where account_id = :accountId and ${COUNTS}`, {
        accountId,
      });
      return row && toAuthenticator(row);
    },

    async byId(accountId, id) {
      const row = await first<AuthenticatorRow>(
        database,
        `${SELECT} where id = :id and account_id = :accountId and removed_at is null`,
        { accountId, id },
      );
      return row && toAuthenticator(row);
    },

    async insert({ id, accountId, seed, at }) {
      // Those that were drawn and never confirmed are nobody's.
      await query(database, 'delete from authenticators where account_id = :accountId and confirmed_at is null', {
        accountId,
      });
      await query(
        database,
        'insert into authenticators (id, account_id, seed, created_at) values (:id, :accountId, :seed, :at)',
        { id, accountId, seed: vault.seal(seed, `authenticator:${id}`), at },
      );
    },

    async seedOf(id) {
      const row = await first<{ seed: Buffer }>(
        database,
        'select seed from authenticators where id = :id and removed_at is null',
        { id },
      );
      return row && vault.open(row.seed, `authenticator:${id}`).toString();
    },

    takeStep: (id, step) =>
      changed(
        database,
        `update authenticators set last_step = :step
         where id = :id and removed_at is null and last_step < cast(:step as bigint)`,
        { id, step },
      ),

    confirm: (accountId, id, at) =>
      changed(
        database,
        `update authenticators a set confirmed_at = :at
         where a.id = :id and a.account_id = :accountId and a.confirmed_at is null and a.removed_at is null
           and not exists (select 1 from authenticators o where o.account_id = :accountId and o.confirmed_at is not null
             and o.removed_at is null)`,
        { accountId, id, at },
      ),

    async prefer(accountId, preferred) {
      await query(
        database,
        `update authenticators set preferred = :preferred where account_id = :accountId and ${COUNTS}`,
        { accountId, preferred },
      );
    },

    async remove(accountId, at) {
      const row = await first<{ id: string }>(
        database,
        `update authenticators set removed_at = :at where account_id = :accountId and ${COUNTS} returning id`,
        { accountId, at },
      );
      return row?.id;
    },

    async restore(accountId, id, at) {
      await query(
        database,
        `update authenticators set removed_at = :at where account_id = :accountId and id <> :id and ${COUNTS}`,
        { accountId, id, at },
      );
      return changed(
        database,
        'update authenticators set removed_at = null where id = :id and account_id = :accountId and confirmed_at is not null',
        { accountId, id },
      );
    },
  };
}
