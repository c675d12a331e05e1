import { checkpointBytes, GENESIS, hashOfLine, hashOfLink, type ReadLine, retirementBytes } from './chain.ts';
import type { CheckpointKey } from './checkpoint-key.ts';

export interface Seal {
  readonly position: bigint;
  readonly lineId: string;
  readonly lineAt: string;
  readonly lineHash: Buffer;
  readonly hash: Buffer;
  readonly signature?: Buffer | undefined;
}

export interface ChainEnd {
  readonly position: bigint;
  readonly hash: Buffer;
}

export const BEGINNING: ChainEnd = { position: 0n, hash: GENESIS };

/** One round of sealing, alone: implemented by adapters/db/audit-seals.ts. */
export interface SealedAudit {
  /**
   * Reads lines without a seal and keeps the seals that `seal` makes of them, in one transaction, unless another worker
   * is at it. @returns how many; undefined when another one seals.
   */
  round(seal: (end: ChainEnd, lines: readonly ReadLine[]) => readonly Seal[]): Promise<number | undefined>;
  /** Seconds that the oldest line without a seal has waited. */
  oldestUnsealed(): Promise<number>;
  /** Partitions for the months to come. */
  makeMonths(): Promise<void>;
  /** The end of the chain before this moment; undefined when a line before it is not sealed, or nothing is to go. */
  endBefore(moment: Date): Promise<ChainEnd | undefined>;
  /** Keeps the signed statement and drops the months before it. @returns how many tables went. */
  retire(droppedBefore: Date, end: ChainEnd, signature: Buffer): Promise<number>;
}

/** Positions and hashes for these lines, the last of which carries a signature over all before it. */
export const sealLines =
  (key: CheckpointKey) =>
  (end: ChainEnd, lines: readonly ReadLine[]): readonly Seal[] => {
    let { position, hash } = end;
    return lines.map((line, index) => {
      position += 1n;
      const sealed = { lineId: line.id, lineAt: line.at, lineHash: hashOfLine(line) };
      hash = hashOfLink(hash, position, sealed);
      const last = index === lines.length - 1;
      const signature = last ? key.sign(checkpointBytes(position, hash)) : undefined;
      return { position, ...sealed, hash, signature };
    });
  };

/** The first moment of the month in which `days` ago lies: what is older goes. */
export function retentionBoundary(now: Date, days: number): Date {
  const kept = new Date(now.getTime() - days * 24 * 60 * 60 * 1000);
  return new Date(Date.UTC(kept.getUTCFullYear(), kept.getUTCMonth(), 1));
}

/** Drops whole months that retention lets go, once a signature says where the chain begins afterwards. */
export async function retireMonths(audit: SealedAudit, key: CheckpointKey, now: Date, days: number): Promise<number> {
  const before = retentionBoundary(now, days);
  const end = await audit.endBefore(before);
  if (!end) return 0;
  return audit.retire(before, end, key.sign(retirementBytes(before, end.position, end.hash)));
}
