import { setTimeout as wait } from 'node:timers/promises';
import { createSealedAudit } from '../../adapters/db/audit-seals.ts';
import { type Database, openDatabase } from '../../adapters/db/database.ts';
import { purge } from '../../adapters/db/purge.ts';
import { createStorage } from '../../adapters/db/storage.ts';
import { NATIONAL_ID } from '../../src/accounts/account.ts';
import { dueAt, type LifecycleStep, sweepLifecycles } from '../../src/accounts/lifecycle.ts';
import { createCheckpointKey } from '../../src/audit/checkpoint-key.ts';
import { retireMonths, sealLines } from '../../src/audit/sealing.ts';
import { createLog } from '../../src/log.ts';
import { openConnection } from './connection.ts';
import { freePort } from './ground.ts';
import { openLoop, type Sample } from './measure.ts';
import { supportCodeOf } from './size-audit.ts';
import { tokenOf } from './size-copy.ts';
import { ask, type SizedGround } from './size-ground.ts';
import { ageOf, ownerOf } from './size-models.ts';
import { accountId, mayReturn, nameOf } from './size-people.ts';
import { startTarget } from './target.ts';

const seconds = async (work: () => Promise<unknown>): Promise<number> => {
  const since = performance.now();
  await work();
  return (performance.now() - since) / 1000;
};
const shown = ({ median, p99, errors }: Sample) =>
  `median ${median.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms${errors.length > 0 ? `, ${errors.length} errors` : ''}`;

async function searches({ url, vault, sizes, say }: SizedGround, database: Database): Promise<void> {
  const storage = createStorage(database, vault);
  const anybody = () => 10 + Math.floor(Math.random() * (sizes.accounts - 10));
  const [common] = await ask<{ family_name: string; count: string }>(
    url,
    'select family_name, count(*) from accounts group by 1 order by 2 desc limit 1',
  );
  const full = (number: number) => `${nameOf(number).given} ${nameOf(number).family}`;
  const kinds: Record<string, () => Promise<unknown>> = {
    [`most common name (${common?.count} people)`]: () => storage.helpDesk.byName(common?.family_name ?? '', 20),
    'family name': () => storage.helpDesk.byName(nameOf(anybody()).family, 20),
    'given and family name': () => storage.helpDesk.byName(full(anybody()), 20),
    'identifier or mail': () => storage.accounts.byLoginKey(`soignant${anybody()}@hopital.example`),
    'national id': () => storage.accounts.byIdentity(NATIONAL_ID, `8${String(10_000_000_000 + anybody())}`),
    'support code': () => storage.helpDesk.trace(supportCodeOf(anybody()), 50),
    'last lines of an account': () => storage.helpDesk.recent(accountId(anybody()), 20),
  };
  for (const [kind, search] of Object.entries(kinds)) {
    const times: number[] = [];
    for (let i = 0; i < 40; i += 1) times.push((await seconds(search)) * 1000);
    times.sort((a, b) => a - b);
    say(`  help desk, ${kind}: median ${times[20]?.toFixed(1)} ms, worst ${times.at(-1)?.toFixed(1)} ms`);
  }
}

async function lifecycles({ settings, url, vault, say }: SizedGround, database: Database): Promise<void> {
  const storage = createStorage(database, vault);
  const parts = { storage, clock: () => new Date(), settings: settings(url), log: createLog('silent') };
  for (const turn of ['first', 'second']) {
    const sent: string[] = [];
    const took = await seconds(() => sweepLifecycles(parts, { send: async ({ step }) => void sent.push(step) }));
    const counts = Object.entries(Object.groupBy(sent, (step) => step)).map(([step, all]) => `${all?.length} ${step}`);
    say(`  lifecycles, ${turn} sweep: ${took.toFixed(2)} s; ${counts.join(', ')}`);
  }
  const step: LifecycleStep = 'erase';
  const due = dueAt(step, parts.settings, new Date());
  if (!due) return;
  const ids = await storage.lifecycles.due(step, due, 20);
  const took = await seconds(async () => {
    for (const id of ids) await storage.lifecycles.take(step, id, due);
  });
  say(`  an account erased with all that is its own: ${((took * 1000) / Math.max(1, ids.length)).toFixed(1)} ms`);
}

const LINES_A_SECOND = 200;

async function sealer({ url, vault, say }: SizedGround, database: Database): Promise<void> {
  const storage = createStorage(database, vault);
  const own = openDatabase({ url, pool: 1, singleSession: false });
  const audit = createSealedAudit(own);
  const seal = sealLines(createCheckpointKey(vault));
  const first = await seconds(() => audit.round(seal));
  const [before] = await ask<{ position: string }>(url, 'select position from audit_sealer');
  const writing = (async () => {
    const since = performance.now();
    for (let i = 0; i < LINES_A_SECOND * 20; i += 1) {
      await storage.audit.write({
        event: 'sign-in.succeeded',
        accountId: accountId(i),
        clientId: 'ror',
        acr: 'eidas1',
      });
      const early = since + (i * 1000) / LINES_A_SECOND - performance.now();
      if (early > 1) await wait(early);
    }
  })();
  let slowest = 0;
  for (let i = 0; i < 23; i += 1) {
    slowest = Math.max(slowest, await seconds(() => audit.round(seal)));
    await wait(1000);
  }
  await writing;
  await audit.round(seal);
  const [delay] = await ask<{ count: string; worst: number }>(
    url,
    `select count(*), cast(extract(epoch from max(sealed_at - line_at)) as float8) as worst
     from audit_seals where position > $1 and sealed_at > now() - interval '1 hour'`,
    [before?.position],
  );
  say(
    `  sealer: ${delay?.count} lines at ${LINES_A_SECOND} a second, sealed after ${delay?.worst.toFixed(2)} s at worst; a round took ${(slowest * 1000).toFixed(0)} ms at most, the sweep of a start ${first.toFixed(2)} s`,
  );
  say(`  months made ahead: ${((await seconds(() => audit.makeMonths())) * 1000).toFixed(0)} ms`);
  await own.destroy();
}

/** What people feel of the purge of all that has expired: reading with tokens made before it. */
async function purging(ground: SizedGround, database: Database, now = new Date()): Promise<void> {
  const env = { ...ground.env(ground.url), BENCH_HASH: 'skip' };
  const server = await startTarget({ name: 'sized', script: './mire-server.ts', port: await freePort(), core: 0, env });
  const { ask: connection, close } = openConnection();
  let visit = 0;
  const read = async () => {
    do visit += 1;
    while (ageOf(visit) !== 'live' || !mayReturn(ownerOf(visit, ground.sizes.accounts)));
    const headers = { authorization: `Bearer ${tokenOf('AccessToken', visit)}` };
    const { status } = await connection(new URL('/userinfo', server.issuer), { headers });
    if (status !== 200) throw new Error(`userinfo answered ${status}`);
  };
  const load = (time: number) => openLoop(server, read, 100, time);
  try {
    await load(5);
    const quiet = await load(20);
    let gone = 0;
    let done = false;
    const took = seconds(async () => {
      const counts = await purge(database, now);
      gone = Object.values(counts).reduce((sum, count) => sum + count, 0);
      done = true;
    });
    const during: Sample[] = [];
    while (!done) during.push(await load(10));
    const time = await took;
    const worst = during.reduce((one, other) => (other.p99 > one.p99 ? other : one));
    ground.say(`  purge: ${gone} rows in ${time.toFixed(0)} s, ${(gone / time).toFixed(0)} a second`);
    ground.say(`  userinfo at 100 a second: ${shown(quiet)}; during the purge, its worst ten seconds: ${shown(worst)}`);
    ground.say(`  the next purge, with nothing to do: ${(await seconds(() => purge(database, now))).toFixed(2)} s`);
  } finally {
    close();
    await server.stop();
  }
}

async function retiring({ url, vault, say }: SizedGround, database: Database): Promise<void> {
  const audit = createSealedAudit(database);
  let dropped = 0;
  const took = await seconds(async () => {
    dropped = await retireMonths(audit, createCheckpointKey(vault), new Date(), 180);
  });
  say(`  ${dropped} tables of months dropped at the end of retention: ${took.toFixed(1)} s`);
  await ask(url, 'analyze audit');
}

const withDatabase = async (
  ground: SizedGround,
  works: readonly ((g: SizedGround, d: Database) => Promise<void>)[],
) => {
  const database = openDatabase({ url: ground.url, pool: 4, singleSession: false });
  for (const work of works) await work(ground, database);
  await database.destroy();
};

export const measureWork = (ground: SizedGround) => withDatabase(ground, [searches, sealer, lifecycles, purging]);
/** At a moment to come, what lives now has expired too. */
export const purgeUnderLoad = (ground: SizedGround, now: Date) => withDatabase(ground, [(g, d) => purging(g, d, now)]);
export const measureRetirement = (ground: SizedGround) => withDatabase(ground, [retiring]);
