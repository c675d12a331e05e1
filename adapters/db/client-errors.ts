import type { ClientError, ClientErrors } from '../../src/clients/client-error.ts';
import { hashId, type Vault } from '../../src/protection/secrets.ts';
import { type Queryable, query } from './query.ts';

/** Of one application. */
const KEPT = 50;
const context = (clientHash: Buffer) => `client-error:${clientHash.toString('hex')}`;

export function createClientErrors(database: Queryable, vault: Vault): ClientErrors {
  return {
    async write(clientId, error, at) {
      const client = hashId(clientId);
      await query(
        database,
        `with room as (
           delete from client_errors where client_hash = :client and id <= (
             select id from client_errors where client_hash = :client order by id desc offset ${KEPT - 1} limit 1
           )
         )
         insert into client_errors (client_hash, detail, at) values (:client, :detail, :at)`,
        { client, detail: vault.seal(JSON.stringify(error), context(client)), at },
      );
    },
    async list(clientId) {
      const client = hashId(clientId);
      const rows = await query<{ detail: Buffer; at: Date }>(
        database,
        'select detail, at from client_errors where client_hash = :client order by id desc limit 20',
        { client },
      );
      return rows.map(({ detail, at }) => ({
        ...(JSON.parse(vault.open(detail, context(client)).toString('utf8')) as ClientError),
        at,
      }));
    },
  };
}
