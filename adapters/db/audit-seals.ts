import { BEGINNING, type ChainEnd, type Seal, type SealedAudit } from '../../src/audit/sealing.ts';
import { LINE, type LineRow, utc } from './audit-columns.ts';
import type { Database } from './database.ts';
import { atomically, first, type Queryable, query } from './query.ts';

/** Lines of one round: a busy minute of the region, and a statement that ends at once. */
const ROUND = 5000;
/** Rounds that look only at what is young, between two that look at the last two days. */
const BETWEEN_SWEEPS = 300;
/** In milliseconds: a transaction that still runs after this is found by the next sweep. */
const YOUNG = 20_000;

interface EndRow {
  readonly position: string;
  readonly hash: Buffer;
}
const endOf = ({ position, hash }: EndRow): ChainEnd => ({ position: BigInt(position), hash });

const END = `select cast(s.position as text) as position, s.hash from audit_seals s`;

async function chainEnd(database: Queryable): Promise<ChainEnd> {
  const row =
    (await first<EndRow>(database, `${END} order by s.position desc limit 1`)) ??
    (await first<EndRow>(
      database,
      'select cast(position as text) as position, hash from audit_retirements order by dropped_before desc limit 1',
    ));
  return row ? endOf(row) : BEGINNING;
}

const UNSEALED = 'not exists (select 1 from audit_seals s where s.line_id = a.id and s.line_at = a.at)';

export function createSealedAudit(database: Database, now: () => number = Date.now): SealedAudit {
  let rounds = 0;
  /** Ids up to here were sealed, or rolled back, long enough ago. */
  let settled = 0n;
  let marks: { readonly id: bigint; readonly at: number }[] = [];

  /** Sequence numbers are given before transactions end: what is young may still come between those sealed. */
  function settle(upTo: bigint): void {
    marks.push({ id: upTo, at: now() });
    const old = marks.filter(({ at }) => now() - at > YOUNG);
    settled = old.at(-1)?.id ?? settled;
    marks = marks.filter(({ at }) => now() - at <= YOUNG);
  }

  async function unsealedLines(transaction: Queryable): Promise<LineRow[]> {
    const sweep = rounds % BETWEEN_SWEEPS === 0;
    const where = sweep
      ? "a.at > coalesce((select max(sealed_at) from audit_seals), '-infinity') - interval '2 days'"
      : 'a.id > :settled';
    const lines = await query<LineRow>(
      transaction,
      `select ${LINE} from audit a where ${where} and ${UNSEALED} order by a.id limit ${ROUND}`,
      sweep ? {} : { settled: settled.toString() },
    );
    // A sweep is over when it has found everything.
    if (!sweep || lines.length < ROUND) rounds += 1;
    return lines;
  }

  return {
    async round(seal) {
      return atomically(database, async (transaction) => {
        const mine = await first(transaction, 'select one from audit_sealer for update skip locked');
        if (!mine) return undefined;
        const lines = await unsealedLines(transaction);
        const seals = seal(await chainEnd(transaction), lines);
        const end = seals.at(-1);
        if (end) {
          await keep(transaction, seals);
          await query(transaction, 'update audit_sealer set position = :position, hash = :hash', {
            position: end.position.toString(),
            hash: end.hash,
          });
        }
        const last = lines.at(-1);
        if (last) settle(BigInt(last.id));
        return seals.length;
      });
    },
    async oldestUnsealed() {
      const row = await first<{ seconds: number }>(
        database,
        `select coalesce(extract(epoch from now() - min(a.at)), 0)::float as seconds from audit a
         where a.at > now() - interval '1 day' and a.id > :settled and ${UNSEALED}`,
        { settled: settled.toString() },
      );
      return row?.seconds ?? 0;
    },
    async makeMonths() {
      await query(database, 'select audit_make_months(now(), 3)');
    },
    async endBefore(moment) {
      const [waiting, end] = await Promise.all([
        first(database, `select 1 from audit a where a.at < :moment and ${UNSEALED} limit 1`, { moment }),
        first<EndRow>(database, `${END} where s.sealed_at < :moment order by s.position desc limit 1`, { moment }),
      ]);
      return waiting || !end ? undefined : endOf(end);
    },
    async retire(droppedBefore, { position, hash }, signature) {
      return atomically(database, async (transaction) => {
        await query(
          transaction,
          `insert into audit_retirements (dropped_before, position, hash, signature)
           values (:droppedBefore, :position, :hash, :signature) on conflict do nothing`,
          { droppedBefore, position: position.toString(), hash, signature },
        );
        const row = await first<{ count: number }>(transaction, 'select audit_retire(:droppedBefore) as count', {
          droppedBefore,
        });
        return row?.count ?? 0;
      });
    },
  };
}

async function keep(transaction: Queryable, seals: readonly Seal[]): Promise<void> {
  const rows = seals.map(({ position, lineId, lineAt, lineHash, hash, signature }) => ({
    position: position.toString(),
    line_id: lineId,
    line_at: lineAt,
    line_hash: lineHash.toString('hex'),
    hash: hash.toString('hex'),
    signature: signature?.toString('hex') ?? null,
  }));
  // One value for all rows: as JSON, which both drivers write alike.
  await query(
    transaction,
    `insert into audit_seals (position, line_id, line_at, line_hash, hash, signature)
     select position, line_id, line_at, decode(line_hash, 'hex'), decode(hash, 'hex'), decode(signature, 'hex')
     from jsonb_to_recordset(cast(:rows as jsonb))
       as r (position bigint, line_id bigint, line_at timestamptz, line_hash text, hash text, signature text)`,
    { rows: JSON.stringify(rows) },
  );
}

export const SEAL_COLUMNS = `cast(s.position as text) as position, cast(s.line_id as text) as "lineId",
  ${utc('s.line_at')} as "lineAt", s.line_hash as "lineHash", s.hash, s.signature, s.sealed_at as "sealedAt"`;
