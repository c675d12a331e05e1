import type { Companions } from './companions.ts';

/** One stored model, as both stores see it: hashes and sealed bytes, nothing that could be used or read. */
export interface Row {
  readonly idHash: Buffer;
  readonly payload: Buffer;
  readonly grantHash: Buffer | undefined;
  readonly uidHash: Buffer | undefined;
  /** The uid of the session that it ends with, hashed. */
  readonly sessionHash: Buffer | undefined;
  readonly userCodeHash: Buffer | undefined;
  readonly accountId: string | undefined;
  readonly clientId: string | undefined;
  /** Whole seconds from now; undefined never ends. */
  readonly life: number | undefined;
}

export interface FoundRow {
  readonly idHash: Buffer;
  readonly payload: Buffer;
  readonly consumedAt: Date | undefined;
  /** What was read along with it. */
  readonly companions?: Companions | undefined;
}

/** The rows of one model in one place. Every call is atomic, and one round trip. */
export interface ModelStore {
  /** Replaces the whole row; what was consumed stays consumed. */
  put(row: Row): Promise<void>;
  /** @returns false when a row of that id is there and has not expired. */
  putNew(row: Row): Promise<boolean>;
  byId(idHash: Buffer): Promise<FoundRow | undefined>;
  /** The newest one: while a session id rotates, two rows may carry one uid. */
  byUid(uidHash: Buffer): Promise<FoundRow | undefined>;
  byUserCode(userCodeHash: Buffer): Promise<FoundRow | undefined>;
  /** Compare-and-set. @returns true for one caller only; false also when the row is gone. */
  consume(idHash: Buffer): Promise<boolean>;
  /** Consumes one row and puts another that follows it, or neither. @returns as `consume`. */
  succeed?(used: Buffer, row: Row): Promise<boolean>;
  remove(idHash: Buffer): Promise<void>;
  removeByGrant(grantHash: Buffer): Promise<void>;
}
