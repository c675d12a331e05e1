import { loadavg } from 'node:os';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as wait } from 'node:timers/promises';
import { createAuditLines } from '../../../adapters/db/audit-lines.ts';
import type { Database } from '../../../adapters/db/database.ts';
import { createCheckpointKey } from '../../../src/audit/checkpoint-key.ts';
import { verifyAudit } from '../../../src/audit/verification.ts';
import { until } from '../../support/jest/until.ts';
import { type FailoverGround, openGround } from './ground.ts';
import { codesOf, comeAndGo, type People, tokenOf } from './people.ts';
import { nameOf, type Row } from './rows.ts';

export interface Pace {
  readonly perSecond: number;
  /** Milliseconds. */
  readonly before: number;
  readonly decidesAfter: number;
  readonly after: number;
}
export const PACE: Pace = { perSecond: 5, before: 4000, decidesAfter: 2500, after: 15_000 };

/** What one row cost. Seconds. */
export interface Measured {
  readonly row: string;
  readonly signIns: number;
  /** The longest without a sign-in. */
  readonly outage: number;
  readonly errors: Readonly<Record<string, number>>;
  readonly lost: readonly string[];
  readonly unmailed: readonly number[];
  readonly twice: readonly string[];
  /** Until every line of the audit had its seal again. */
  readonly sealedAfter: number;
  readonly auditDefects: readonly unknown[];
  /** For how long a block made on the new primary was not seen everywhere. */
  readonly staleFor: number;
  readonly alarms: readonly string[];
  /** Of the machine, at the end: how many wanted a processor, over a minute. */
  readonly load: number;
  /** Milliseconds that the drill itself, which has little to do, waited for a processor on average. */
  readonly starved: number;
}

/** Asks until the answer stays no: each web process is asked in turn. @returns the moment of the last yes */
function watchToken(ask: () => Promise<boolean | undefined>): { stop(): Promise<number> } {
  let lastYes = 0;
  let stopped = false;
  const asking = (async () => {
    while (!stopped) {
      if (await ask()) lastYes = performance.now();
      await wait(100);
    }
  })();
  return {
    async stop() {
      stopped = true;
      await asking;
      return lastYes;
    },
  };
}

/** Which alarms of deploy/prometheus would have begun to ring, by what the processes say of themselves. */
function watchAlarms({ processes }: FailoverGround): { stop(): Promise<string[]> } {
  const rung = new Set<string>();
  let stopped = false;
  const look = async (address: string) => {
    const text = await (await fetch(address)).text();
    const values = (name: string) =>
      [...text.matchAll(new RegExp(`^${name}(?:\\{(.*?)\\})? (\\S+)$`, 'gm'))].map(
        ([, labels = '', value]) => [labels, Number(value)] as const,
      );
    if (values('mire_database_moves_total').some(([, value]) => value > 0)) rung.add('MireDatabaseMoved');
    const late = new Map(values('mire_round_late_seconds'));
    for (const [labels, age] of values('mire_round_age_seconds'))
      if (age > (late.get(labels) ?? Number.POSITIVE_INFINITY)) rung.add('MireRoundLate');
    if (values('mire_audit_unsealed_seconds').some(([, value]) => value > 60)) rung.add('MireAuditUnsealed');
  };
  const looking = (async () => {
    while (!stopped) {
      await Promise.all(processes.map(({ metrics }) => look(metrics)));
      await wait(500);
    }
  })();
  return {
    async stop() {
      stopped = true;
      await looking;
      return [...rung].sort();
    },
  };
}

/** A timer that comes late waited for the processor. */
function watchProcessor(): { stop(): number } {
  const resolution = 20;
  const delay = monitorEventLoopDelay({ resolution });
  delay.enable();
  return {
    stop() {
      delay.disable();
      return Math.max(0, delay.mean / 1e6 - resolution);
    },
  };
}

/** @param to until when people came: the first sign-in after it ends the last time without one, and no other begins */
function outageOf({ signIns }: People, from: number, to: number): number {
  const all = signIns.map(({ at }) => at).filter((at) => at > from - 2000);
  const moments = all.filter((at) => at < to);
  const end = all.find((at) => at >= to) ?? to;
  const gaps = [...moments, end].map((at, i) => at - (moments[i - 1] ?? from));
  return Math.max(...gaps) / 1000;
}

async function lostOf(database: Database, people: People, ids: readonly string[]): Promise<string[]> {
  const { rows } = await database.raw<{ rows: { id: string; signed: string; audited: string }[] }>(
    `select a.id, (select count(*) from sign_ins s where s.account_id = a.id) as signed,
       (select count(*) from audit l where l.account_id = a.id and l.event = 'sign-in.succeeded') as audited
     from accounts a`,
  );
  const found = new Map(rows.map((row) => [row.id, row]));
  return people.signIns.flatMap(({ person }) => {
    const row = found.get(ids[person] ?? '');
    if (Number(row?.signed ?? 0) < 1) return [`sign-in of ${person}`];
    return Number(row?.audited ?? 0) < 1 ? [`audit line of ${person}`] : [];
  });
}

async function sealing(
  on: FailoverGround,
  database: Database,
): Promise<{ after: number; defects: readonly unknown[] }> {
  const since = performance.now();
  for (;;) {
    const verdict = await verifyAudit(createAuditLines(database), createCheckpointKey(on.vault));
    const after = (performance.now() - since) / 1000;
    if (verdict.unsealed === 0 || after > 90) return { after, defects: verdict.defects };
    await wait(200);
  }
}

/** A server that has just been promoted takes writes after a moment. */
async function revoke(database: Database, accountId: string): Promise<void> {
  await until('the new primary to take writes', async () => {
    const { rows } = await database.raw<{ rows: { standby: boolean }[] }>('select pg_is_in_recovery() as standby');
    return rows[0]?.standby === false;
  });
  await database.raw('delete from oidc_models where account_id = ?', [accountId]);
}

const tally = (items: readonly string[]): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const item of items) counts[item] = (counts[item] ?? 0) + 1;
  return counts;
};

/** Drills one row from the first server to the last verdict. */
export async function drillRow(row: Row, pace: Pace = PACE): Promise<Measured> {
  const comers = Math.ceil(((pace.before + pace.after + 4 * pace.decidesAfter) / 1000) * pace.perSecond) + 40;
  const on = await openGround(row, comers + 1);
  try {
    return await measure(row, on, pace);
  } finally {
    await on.stop();
  }
}

async function measure(row: Row, on: FailoverGround, pace: Pace): Promise<Measured> {
  const watched = on.people.length - 1;
  const token = watchToken(await tokenOf(on, watched));
  const alarms = watchAlarms(on);
  const people = comeAndGo(on, pace.perSecond);
  await wait(pace.before);
  const from = performance.now();
  const processor = watchProcessor();
  let movedAt: number | undefined;
  let revoked: Promise<unknown> | undefined;
  await row.inflict({
    pair: on.pair,
    decides: () => wait(pace.decidesAfter),
    moved() {
      movedAt = performance.now();
      // What a revocation does, by another process of which nothing is known here.
      const database = on.open(on.pair.standbyUrl);
      revoked = revoke(database, on.people[watched] ?? '').finally(() => database.destroy());
    },
  });
  await wait(pace.after);
  const to = performance.now();
  const starved = processor.stop();
  const [load = 0] = loadavg();
  await people.leave();
  await revoked;
  const lastYes = await token.stop();
  const database = on.open(movedAt === undefined ? on.pair.primaryUrl : on.pair.standbyUrl);
  try {
    const { after, defects } = await sealing(on, database);
    const { missing, twice } = await codesIn(on, people);
    return {
      row: nameOf(row),
      signIns: people.signIns.length,
      outage: outageOf(people, from, to),
      errors: tally(people.troubles.map(({ said = '' }) => said)),
      lost: await lostOf(database, people, on.people),
      unmailed: missing,
      twice,
      sealedAfter: after,
      auditDefects: defects,
      staleFor: movedAt === undefined ? 0 : Math.max(0, lastYes - movedAt) / 1000,
      alarms: await alarms.stop(),
      load,
      starved,
    };
  } finally {
    await database.destroy();
  }
}

/** Within the minute. */
async function codesIn(on: FailoverGround, people: People): Promise<ReturnType<typeof codesOf>> {
  const end = performance.now() + 45_000;
  for (;;) {
    const seen = codesOf(on, people);
    if (seen.missing.length === 0 || performance.now() > end) return seen;
    await wait(200);
  }
}
