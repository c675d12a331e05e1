import type { Consents } from '../../src/clients/consents.ts';
import type { Database, Transaction } from './database.ts';

export function createConsents(database: Database | Transaction): Consents {
  return {
    async cover(accountId, clientId, scopes, claims) {
      const { rows } = await database.raw<{ rows: unknown[] }>(
        'select 1 from consents where account_id = ? and client_id = ? and scopes @> ?::text[] and claims @> ?::text[]',
        [accountId, clientId, [...scopes], [...claims]],
      );
      return rows.length > 0;
    },
    async remember(accountId, clientId, scopes, claims) {
      await database.raw(
        `insert into consents (account_id, client_id, scopes, claims) values (?, ?, ?::text[], ?::text[])
         on conflict (account_id, client_id) do update set
           scopes = array(select distinct unnest(consents.scopes || excluded.scopes)),
           claims = array(select distinct unnest(consents.claims || excluded.claims)),
           given_at = now()`,
        [accountId, clientId, [...scopes], [...claims]],
      );
    },
    async revoke(accountId, clientId) {
      await database.raw('delete from consents where account_id = ? and client_id = ?', [accountId, clientId]);
    },
  };
}
