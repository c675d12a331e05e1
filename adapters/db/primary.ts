import { isNativeError } from 'node:util/types';
import type { Place } from '../../config/database-url.ts';

/** Which server this is: the same data, on the same course since the last promotion. */
export interface Identity {
  readonly system: string;
  /** Grows by one when a standby is promoted. */
  readonly timeline: number;
}

/** What a server says of itself at connect. */
export interface Standing {
  readonly standby: boolean;
  readonly readOnly: boolean;
  /** Of a primary, where its user may ask. */
  readonly identity: Identity | undefined;
  /** Of the process that answered: another than the one connected to stands behind a pooler. */
  readonly pid: number;
}

export const STANDING = `select pg_backend_pid() as pid, pg_is_in_recovery() as standby,
  current_setting('transaction_read_only') = 'on' as "readOnly",
  case when pg_is_in_recovery() then null else (select cast(system_identifier as text) from pg_control_system()) end as system,
  case when pg_is_in_recovery() then null else substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8) end as timeline`;
/** Where a platform keeps the rest to itself. */
export const BARE_STANDING = `select pg_backend_pid() as pid, pg_is_in_recovery() as standby,
  current_setting('transaction_read_only') = 'on' as "readOnly", null as system, null as timeline`;
/** insufficient_privilege, undefined_function, feature_not_supported */
const KEPT_TO_ITSELF = new Set(['42501', '42883', '0A000']);

/** A pooler keeps its own connection to a server that must not be used any more: it ends with this, and no other does. */
export const LEAVE_STANDBY = `select pg_terminate_backend(pg_backend_pid())
  where pg_is_in_recovery() or current_setting('transaction_read_only') = 'on'`;
export const LEAVE = 'select pg_terminate_backend(pg_backend_pid())';

export const isKeptToItself = (error: unknown): boolean =>
  isNativeError(error) && 'code' in error && KEPT_TO_ITSELF.has(String(error.code));

/** SQLSTATE of a server that takes no writes any more, or goes away. Mire itself begins no read-only transaction. */
export const AWAY = ['25006', '57P01', '57P02', '57P03'] as const;
export type Away = (typeof AWAY)[number];
export const saysAway = (code: string | undefined): code is Away => AWAY.some((one) => one === code);

/** What an operator reads: at start, in the log, of a service that answers 503. */
export class NoPrimary extends Error {
  override readonly name = 'NoPrimary';
  readonly code = 'ENOPRIMARY';
}

export const placeName = ({ host, port, address }: Place): string =>
  `${host.includes(':') ? `[${host}]` : host}:${port}${address ? ` (${address})` : ''}`;

/** @returns why this server must not be used, in a sentence; undefined when it is the primary. */
export function refusalOf(place: Place, { standby, readOnly, identity }: Standing, known: Identity | undefined) {
  const name = placeName(place);
  if (standby)
    return `${name} is a standby (in recovery). Mire writes, so it uses the primary only: DATABASE_URL must lead to it, or name every server.`;
  if (readOnly)
    return `${name} takes no writes (transaction_read_only is on). Mire writes, so it uses the primary only: DATABASE_URL must lead to it, or name every server.`;
  if (known && identity && identity.system === known.system && identity.timeline < known.timeline)
    return `${name} is a primary of the past (timeline ${identity.timeline}): another server was promoted since (timeline ${known.timeline}). Stop it; after a restore from a backup, restart Mire.`;
  return undefined;
}

/** Several were tried: what each of them said. */
export function noneOf(tries: readonly { readonly place: Place; readonly error: unknown }[]): Error {
  const [only] = tries;
  if (only && tries.length === 1) return only.error as Error;
  const said = tries.map(({ place, error }) =>
    error instanceof NoPrimary ? error.message : `${placeName(place)}: ${(error as Error).message}.`,
  );
  return new NoPrimary(`No server of DATABASE_URL can be used. ${said.join(' ')}`, { cause: tries.at(-1)?.error });
}
