import { checkpointBytes, hashOfLine, hashOfLink, type ReadLine, retirementBytes } from './chain.ts';
import type { CheckpointKey } from './checkpoint-key.ts';
import { BEGINNING, type ChainEnd, type Seal } from './sealing.ts';

export interface SealWithLine extends Seal {
  readonly sealedAt: Date;
  /** Undefined: the line is not there. */
  readonly line: ReadLine | undefined;
}

export interface Retirement extends ChainEnd {
  readonly droppedBefore: Date;
  readonly signature: Buffer;
}

/** What `verify` reads; implemented by adapters/db/audit-lines.ts. */
export interface AuditLines {
  retirement(): Promise<Retirement | undefined>;
  /** Where the sealer says that the chain ends. */
  end(): Promise<ChainEnd | undefined>;
  /** Every seal in its order, each with its line. */
  seals(): AsyncIterable<SealWithLine>;
  /** Lines without a seal: how many, and the ids of those that should have one by now. */
  unsealed(overdueSeconds: number): Promise<{ readonly count: number; readonly overdue: readonly string[] }>;
  /** Lines of a time span, oldest first. */
  lines(since: Date | undefined, until: Date | undefined): AsyncIterable<ReadLine>;
}

export type Defect =
  | 'line-missing'
  | 'line-changed'
  | 'seal-missing'
  | 'seal-changed'
  | 'signature-wrong'
  | 'end-not-signed'
  | 'retirement-wrong'
  | 'inserted-later'
  | 'never-sealed'
  | 'end-cut-off'
  | 'head-unknown';

export interface Verdict {
  readonly ok: boolean;
  /** Lines whose seal was checked. */
  readonly sealed: number;
  /** Lines that wait for their seal. */
  readonly unsealed: number;
  readonly head: { readonly position: string; readonly hash: string };
  readonly defects: readonly { readonly defect: Defect; readonly position?: string; readonly line?: string }[];
}

/** In seconds: a line older than those before it by more was not written when it says. No transaction lasts so long. */
const OUT_OF_ORDER = 10 * 60;
/** In seconds: the sealer, once it runs, leaves nothing behind longer. */
const OVERDUE = 60;
const DEFECTS_SHOWN = 100;

/** `head`: an end of the chain that somebody kept elsewhere; the chain must still go through it. */
export async function verifyAudit(audit: AuditLines, key: CheckpointKey, head?: ChainEnd): Promise<Verdict> {
  const defects: Verdict['defects'][number][] = [];
  const found = (defect: Defect, position?: bigint, line?: string) => {
    const where = { ...(position === undefined ? {} : { position: position.toString() }), ...(line ? { line } : {}) };
    if (defects.length < DEFECTS_SHOWN) defects.push({ defect, ...where });
  };

  const retirement = await audit.retirement();
  // Before the seals: the audit goes on being sealed while it is read, and the chain must go through what was its end.
  const told = await audit.end();
  let end = retirement ?? BEGINNING;
  if (retirement) {
    const bytes = retirementBytes(retirement.droppedBefore, retirement.position, retirement.hash);
    if (!key.verify(bytes, retirement.signature)) found('retirement-wrong', retirement.position);
  }
  let sealed = 0;
  let signed = true;
  let youngest = 0;
  const isAt = (point: ChainEnd | undefined, here: ChainEnd) =>
    point?.position === here.position && point.hash.equals(here.hash);
  let headSeen = head === undefined || isAt(head, end);
  let toldSeen = told === undefined || isAt(told, end);
  for await (const seal of audit.seals()) {
    if (seal.position <= end.position) {
      // A retired part of the chain is behind us; any other is a second seal for one position.
      if (sealed > 0) found('seal-changed', seal.position, seal.lineId);
      continue;
    }
    sealed += 1;
    if (seal.position !== end.position + 1n) found('seal-missing', end.position + 1n);
    const retired = retirement !== undefined && Date.parse(seal.lineAt) < retirement.droppedBefore.getTime();
    if (!seal.line) {
      if (!retired) found('line-missing', seal.position, seal.lineId);
    } else if (!hashOfLine(seal.line).equals(seal.lineHash)) found('line-changed', seal.position, seal.lineId);
    if (!hashOfLink(end.hash, seal.position, seal).equals(seal.hash)) found('seal-changed', seal.position, seal.lineId);
    if (seal.signature && !key.verify(checkpointBytes(seal.position, seal.hash), seal.signature))
      found('signature-wrong', seal.position, seal.lineId);
    const at = Date.parse(seal.lineAt);
    if (at < youngest - OUT_OF_ORDER * 1000) found('inserted-later', seal.position, seal.lineId);
    youngest = Math.max(youngest, at);
    signed = seal.signature !== undefined;
    // Goes on from what stands there: one defect is told once.
    end = { position: seal.position, hash: seal.hash };
    if (isAt(head, seal)) headSeen = true;
    if (isAt(told, seal)) toldSeen = true;
  }
  if (!signed) found('end-not-signed', end.position);
  if (!toldSeen) found('end-cut-off', told?.position);
  if (!headSeen) found('head-unknown', head?.position);
  const { count, overdue } = await audit.unsealed(OVERDUE);
  for (const line of overdue) found('never-sealed', undefined, line);
  return {
    ok: defects.length === 0,
    sealed,
    unsealed: count,
    head: { position: end.position.toString(), hash: end.hash.toString('hex') },
    defects,
  };
}
