import { createHash } from 'node:crypto';

/** A line as it is hashed: every column as the text PostgreSQL writes it, so that nothing depends on who reads it. */
export interface ReadLine {
  readonly id: string;
  /** UTC, to the microsecond. */
  readonly at: string;
  readonly event: string;
  readonly accountId: string | null;
  readonly clientId: string | null;
  readonly mode: string | null;
  readonly acr: string | null;
  readonly supportCode: string | null;
  /** Hexadecimal. */
  readonly addressHash: string | null;
  readonly place: string | null;
  /** jsonb's own form: keys in one order. */
  readonly details: string;
}

/** What stands before the first line. */
export const GENESIS = Buffer.alloc(32);

const sha256 = (...parts: readonly (string | Uint8Array)[]): Buffer => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
};

export const hashOfLine = (line: ReadLine): Buffer =>
  sha256(
    JSON.stringify([
      'mire-audit-line-1',
      line.id,
      line.at,
      line.event,
      line.accountId,
      line.clientId,
      line.mode,
      line.acr,
      line.supportCode,
      line.addressHash,
      line.place,
      line.details,
    ]),
  );

/** Each link holds the one before, its own position and its line; the time too, for when the line has been retired. */
export const hashOfLink = (
  before: Uint8Array,
  position: bigint,
  { lineId, lineAt, lineHash }: { readonly lineId: string; readonly lineAt: string; readonly lineHash: Uint8Array },
): Buffer => sha256('mire-audit-link-1', before, `${position}\0${lineId}\0${lineAt}\0`, lineHash);

/** What is signed at the end of each round of sealing: the whole past, in 32 bytes. */
export const checkpointBytes = (position: bigint, hash: Uint8Array): Buffer =>
  Buffer.from(`mire-audit-checkpoint-1\n${position}\n${Buffer.from(hash).toString('hex')}`);

/** What is signed before months are dropped: where the chain begins afterwards. */
export const retirementBytes = (droppedBefore: Date, position: bigint, hash: Uint8Array): Buffer =>
  Buffer.from(
    `mire-audit-retirement-1\n${droppedBefore.toISOString()}\n${position}\n${Buffer.from(hash).toString('hex')}`,
  );
