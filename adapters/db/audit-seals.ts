import { BEGINNING, type ChainEnd, type Seal, type SealedAudit } from '../../src/audit/sealing.ts';
import { LINE, type LineRow, utc } from './audit-columns.ts';
import type { Database } from './database.ts';
import { atomically, first, type Queryable, query } from './query.ts';

/** Lines of one round: a busy minute of the region, and a statement that ends at once. */
const ROUND = 5000;
const HOUR = 60 * 60 * 1000;
const DAY = 24 * HOUR;
/** In milliseconds: longer without a round of ours is as good as a start. */
const PAUSE = 60_000;
/** Rounds that look only at what is young, between two that look at the last hour; the first one at the last two days. */
const BETWEEN_SWEEPS = 300;
/** In milliseconds: a transaction that still runs after this is found by the next sweep. */
const YOUNG = 20_000;

/** Of several workers, one. A machine that vanished in the middle keeps the place no longer than that. */
const TAKE_PLACE = `select one, set_config('idle_in_transaction_session_timeout', '30s', true)
  from audit_sealer for update skip locked`;

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

const SEAL = 'select 1 from audit_seals s where s.line_id = a.id and s.line_at = a.at';
const NEVER_SEALED = `not exists (${SEAL})`;
/** For lines that can only have been sealed since then: their seals stand in few of the months. */
const UNSEALED = `not exists (${SEAL} and s.sealed_at >= :sealedSince)`;
/** Months of seals to look in, in milliseconds: far more than a line waits, and than clocks differ. */
const SEALED_WITHIN = 30 * DAY;

interface LastSeals {
  /** The greatest id among them: late transactions are sealed out of order. */
  readonly lineId: string;
  readonly sealedAt: Date;
}

/** The newest seals as they were at that moment: as many as a busy half minute makes. */
const lastSeals = (database: Queryable, moment: Date): Promise<LastSeals | undefined> =>
  first<LastSeals>(
    database,
    `select cast(max(line_id) as text) as "lineId", max(sealed_at) as "sealedAt" from (
       select line_id, sealed_at from audit_seals where sealed_at <= :moment order by position desc limit ${ROUND}
     ) as newest having count(*) > 0`,
    { moment },
  );

export function createSealedAudit(database: Database, now: () => number = Date.now): SealedAudit {
  let rounds = 0;
  let lastRound = Number.NEGATIVE_INFINITY;
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

  /**
   * Bounds come as values: PostgreSQL then plans for what is young, whatever stands in all the months before. Who has not
   * sealed for a while, since another worker did, begins anew.
   */
  async function unsealedLines(transaction: Queryable): Promise<LineRow[]> {
    const anew = now() - lastRound > PAUSE;
    if (anew) [rounds, settled, marks] = [0, 0n, []];
    lastRound = now();
    const sweep = rounds % BETWEEN_SWEEPS === 0;
    const last = (await lastSeals(transaction, new Date(now())))?.sealedAt.getTime() ?? 0;
    // Where nothing is settled yet, lines of any age are looked at.
    const sealedSince = new Date(sweep || settled > 0n ? last - SEALED_WITHIN : 0);
    const where = sweep ? 'a.at > :since' : 'a.id > :settled';
    const from = sweep
      ? { since: new Date(last - (settled === 0n ? 2 * DAY : HOUR)) }
      : { settled: settled.toString() };
    const lines = await query<LineRow>(
      transaction,
      `select ${LINE} from audit a where ${where} and ${UNSEALED} order by a.id limit ${ROUND}`,
      { ...from, sealedSince },
    );
    // A sweep is over when it has found everything.
    if (!sweep || lines.length < ROUND) rounds += 1;
    if (sweep && lines.length < ROUND && settled === 0n) {
      const old = await lastSeals(transaction, new Date(now() - YOUNG));
      settled = BigInt(old?.lineId ?? 0);
    }
    return lines;
  }

  return {
    async round(seal) {
      return atomically(database, async (transaction) => {
        const mine = await first(transaction, TAKE_PLACE);
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
         where a.at > :since and a.id > :settled and ${UNSEALED}`,
        {
          since: new Date(now() - DAY),
          settled: settled.toString(),
          sealedSince: new Date(now() - DAY - SEALED_WITHIN),
        },
      );
      return row?.seconds ?? 0;
    },
    async makeMonths() {
      await query(database, 'select audit_make_months(now(), 3)');
    },
    async endBefore(moment) {
      const [waiting, end] = await Promise.all([
        first(database, `select 1 from audit a where a.at < :moment and ${NEVER_SEALED} limit 1`, { moment }),
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
