import type { AuditLines, SealWithLine } from '../../src/audit/verification.ts';
import { LINE, type LineRow } from './audit-columns.ts';
import { SEAL_COLUMNS } from './audit-seals.ts';
import { first, type Queryable, query } from './query.ts';

const PAGE = 5000;

interface SealRow extends Omit<SealWithLine, 'line' | 'position' | 'signature'>, Partial<LineRow> {
  readonly position: string;
  readonly signature: Buffer | null;
}

interface RetirementRow {
  readonly position: string;
  readonly hash: Buffer;
  readonly signature: Buffer;
  readonly droppedBefore: Date;
}

/** The audit read from one end to the other, a page at a time. */
export function createAuditLines(database: Queryable): AuditLines {
  return {
    async retirement() {
      const row = await first<RetirementRow>(
        database,
        `select cast(position as text) as position, hash, signature, dropped_before as "droppedBefore"
         from audit_retirements order by dropped_before desc limit 1`,
      );
      return row && { ...row, position: BigInt(row.position) };
    },
    async end() {
      const row = await first<{ position: string; hash: Buffer }>(
        database,
        'select cast(s.position as text) as position, s.hash from audit_sealer s where s.hash is not null',
      );
      return row && { position: BigInt(row.position), hash: row.hash };
    },
    async *seals() {
      let after = '0';
      for (;;) {
        const rows = await query<SealRow>(
          database,
          `select ${SEAL_COLUMNS}, ${LINE} from audit_seals s left join audit a on a.id = s.line_id and a.at = s.line_at
           where s.position > :after order by s.position limit ${PAGE}`,
          { after },
        );
        for (const row of rows) {
          const { position, lineId, lineAt, lineHash, hash, signature, sealedAt, ...line } = row;
          const there = typeof line.id === 'string' ? (line as LineRow) : undefined;
          yield {
            position: BigInt(position),
            lineId,
            lineAt,
            lineHash,
            hash,
            signature: signature ?? undefined,
            sealedAt,
            line: there,
          };
        }
        const last = rows.at(-1);
        if (!last || rows.length < PAGE) return;
        after = last.position;
      }
    },
    async unsealed(overdueSeconds) {
      const rows = await query<{ id: string; overdue: boolean }>(
        database,
        `select cast(a.id as text) as id,
           a.at < (select max(sealed_at) from audit_seals) - make_interval(secs => :overdueSeconds) as overdue
         from audit a where not exists (select 1 from audit_seals s where s.line_id = a.id and s.line_at = a.at)
         order by a.id`,
        { overdueSeconds },
      );
      return { count: rows.length, overdue: rows.filter(({ overdue }) => overdue).map(({ id }) => id) };
    },
    async *lines(since, until) {
      let after = '0';
      for (;;) {
        const rows = await query<LineRow>(
          database,
          `select ${LINE} from audit a where a.id > :after
             and a.at >= coalesce(cast(:since as timestamptz), '-infinity')
             and a.at < coalesce(cast(:until as timestamptz), 'infinity')
           order by a.id limit ${PAGE}`,
          { after, since, until },
        );
        yield* rows;
        const last = rows.at(-1);
        if (!last || rows.length < PAGE) return;
        after = last.id;
      }
    },
  };
}
