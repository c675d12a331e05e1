import type { Vault } from '../../src/protection/secrets.ts';
import { type Queryable, query } from './query.ts';

/** What a structure's administrator may read of one try of one of its people. */
export interface StructureSignIn {
  readonly at: string;
  readonly event: string;
  /** The entry of its own directory; unknown for a refusal of somebody who has no account here. */
  readonly entry: string | undefined;
  readonly application: string | undefined;
  readonly acr: string | undefined;
  readonly reason: string | undefined;
  readonly supportCode: string | undefined;
}

interface Row {
  readonly id: string;
  readonly at: Date;
  readonly event: string;
  readonly client_id: string | null;
  readonly acr: string | null;
  readonly support_code: string | null;
  readonly reason: string | null;
  readonly identity_id: string | null;
  readonly external_id: Buffer | null;
}

const PAGE = 1000;

/** What happened to the people of one structure, oldest first, from its audit lines. */
export async function* structureSignIns(
  database: Queryable,
  vault: Vault,
  structureId: string,
  since: Date,
): AsyncGenerator<StructureSignIn> {
  let after = '0';
  for (;;) {
    const rows = await query<Row>(
      database,
      `select a.id, a.at, a.event, a.client_id, a.acr, a.support_code, a.details->>'reason' as reason,
         i.id as identity_id, i.external_id
       from audit a left join lateral (
         select id, external_id from identities
         where account_id = a.account_id and source = :source order by created_at desc limit 1
       ) i on true
       where a.details->>'structure' = :structureId and a.id > cast(:after as bigint) and a.at >= :since
       order by a.id limit :page`,
      { source: `structure:${structureId}`, structureId, after, since, page: PAGE },
    );
    for (const row of rows) {
      yield {
        at: row.at.toISOString(),
        event: row.event,
        entry: row.external_id ? vault.open(row.external_id, `identity:${row.identity_id}`).toString() : undefined,
        application: row.client_id ?? undefined,
        acr: row.acr ?? undefined,
        reason: row.reason ?? undefined,
        supportCode: row.support_code ?? undefined,
      };
    }
    if (rows.length < PAGE) return;
    after = rows.at(-1)?.id ?? after;
  }
}
