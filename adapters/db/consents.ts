import type { Consents } from '../../src/clients/consents.ts';
import { first, type Queryable, query } from './query.ts';

export function createConsents(database: Queryable): Consents {
  return {
    async cover(accountId, clientId, scopes, claims) {
      const row = await first(
        database,
        `select 1 from consents where account_id = :accountId and client_id = :clientId
         and scopes @> :scopes::text[] and claims @> :claims::text[]`,
        { accountId, clientId, scopes, claims },
      );
      return row !== undefined;
    },
    async remember(accountId, clientId, scopes, claims, at) {
      await query(
        database,
        `insert into consents (account_id, client_id, scopes, claims, given_at)
         values (:accountId, :clientId, :scopes::text[], :claims::text[], :at)
         on conflict (account_id, client_id) do update set
           scopes = array(select distinct unnest(consents.scopes || excluded.scopes)),
           claims = array(select distinct unnest(consents.claims || excluded.claims)),
           given_at = excluded.given_at`,
        { accountId, clientId, scopes, claims, at },
      );
    },
    async revoke(accountId, clientId) {
      await query(database, 'delete from consents where account_id = :accountId and client_id = :clientId', {
        accountId,
        clientId,
      });
    },
  };
}
