import { type Fact, type Facts, type Said, strongestFirst } from '../../src/accounts/facts.ts';
import type { Vault } from '../../src/protection/secrets.ts';
import { changed, type Queryable, query } from './query.ts';

interface FactRow {
  readonly source: string;
  readonly said: Buffer;
  readonly stated_at: Date;
}

/** Keys in one order, so that the same words have the same digest. */
const plain = (said: Said) => JSON.stringify(Object.fromEntries(Object.entries(said).sort()));

/** Sealed: names and numbers stand in clear in the account alone. */
export function createFacts(database: Queryable, vault: Vault): Facts {
  const context = (accountId: string, source: string) => `fact:${accountId}:${source}`;
  const sealed = (accountId: string, source: string, said: Said) => ({
    said: vault.seal(plain(said), context(accountId, source)),
    digest: vault.index(plain(said), context(accountId, source)),
  });
  return {
    record: (accountId, source, said, at) =>
      changed(
        database,
        `insert into account_facts as f (account_id, source, said, digest, stated_at)
         values (:accountId, :source, :said, :digest, :at)
         on conflict (account_id, source) do update set
           said = excluded.said, digest = excluded.digest, stated_at = excluded.stated_at
         where f.digest <> excluded.digest`,
        {
          accountId,
          source,
          at,
          ...sealed(accountId, source, said),
        },
      ),

    async set(accountId, source, fact) {
      if (!fact) {
        await query(database, 'delete from account_facts where account_id = :accountId and source = :source', {
          accountId,
          source,
        });
        return;
      }
      const { said, statedAt } = fact;
      await query(
        database,
        `insert into account_facts (account_id, source, said, digest, stated_at)
         values (:accountId, :source, :said, :digest, :statedAt)
         on conflict (account_id, source) do update set
           said = excluded.said, digest = excluded.digest, stated_at = excluded.stated_at`,
        { accountId, source, statedAt, ...sealed(accountId, source, said) },
      );
    },

    async of(accountId) {
      const rows = await query<FactRow>(
        database,
        'select source, said, stated_at from account_facts where account_id = :accountId',
        { accountId },
      );
      const facts = rows.map(
        ({ source, said, stated_at }): Fact => ({
          source,
          statedAt: stated_at,
          said: JSON.parse(vault.open(said, context(accountId, source)).toString()) as Said,
        }),
      );
      return strongestFirst(facts);
    },
  };
}
