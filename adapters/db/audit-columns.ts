import type { ReadLine } from '../../src/audit/chain.ts';

const UTC = (column: string) => `to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;

/** A line of `audit as a` as text, the same whoever asks: see ReadLine. */
export const LINE = `
  cast(a.id as text) as id, ${UTC('a.at')} as at, a.event, cast(a.account_id as text) as "accountId",
  a.client_id as "clientId", a.mode, a.acr, a.support_code as "supportCode",
  encode(a.address_hash, 'hex') as "addressHash", a.place, cast(a.details as text) as details`;

export const utc = UTC;

export type LineRow = ReadLine;
