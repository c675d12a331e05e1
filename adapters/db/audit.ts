import type { Audit, AuditLine } from '../../src/audit/audit.ts';
import { coarsePlace } from '../../src/protection/address.ts';
import type { Vault } from '../../src/protection/secrets.ts';
import { type Queryable, query } from './query.ts';

export type Admits = (line: AuditLine) => Promise<boolean>;

/** @param admits false for a line that is only counted */
export function createAudit(database: Queryable, vault: Vault, admits?: Admits): Audit {
  return {
    async write(line) {
      if (admits && !(await admits(line))) return;
      const { event, accountId, clientId, mode, acr, supportCode, address, details } = line;
      await query(
        database,
        `insert into audit (event, account_id, client_id, mode, acr, support_code, address_hash, place, details)
         values (:event, :accountId, :clientId, :mode, :acr, :supportCode, :addressHash, :place, cast(:details as jsonb))`,
        {
          event,
          accountId,
          clientId,
          mode,
          acr,
          supportCode,
          addressHash: address === undefined ? undefined : vault.index(address, 'address'),
          place: address === undefined ? undefined : coarsePlace(address),
          details: JSON.stringify(details ?? {}),
        },
      );
    },
  };
}
