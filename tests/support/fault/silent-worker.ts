import { randomUUID } from 'node:crypto';
import { createAuditLines } from '../../../adapters/db/audit-lines.ts';
import { createStorage } from '../../../adapters/db/storage.ts';
import { createQueue } from '../../../adapters/queue/bullmq.ts';
import { CODE } from '../../../config/lives.ts';
import { PACE } from '../../../config/pace.ts';
import { ROUNDS } from '../../../config/rounds.ts';
import { newSeed } from '../../../src/challenges/hotp.ts';
import { CODES } from '../../../src/delivery/jobs.ts';
import { createLog } from '../../../src/log.ts';
import { createVault } from '../../../src/protection/secrets.ts';
import type { Storage } from '../../../src/storage.ts';
import { MailBox } from '../delivery/mail-server.ts';
import { until } from '../jest/until.ts';
import { freePort } from '../mire.ts';
import { MovingAddress } from '../servers/moving-address.ts';
import { MireProcess, productionEnvironment } from '../servers/production.ts';
import { type TestDatabase, testDatabase } from '../storage/database.ts';

/** The rounds that come at least so often, in seconds. */
const roundsWithin = (seconds: number): string[] =>
  Object.entries(ROUNDS).flatMap(([round, { every }]) => (every <= seconds ? [round] : []));

/** Seconds, from the end of the silence. */
export interface Recovered {
  /** The code that was asked for meanwhile came. */
  readonly mailed: number;
  /** What was written meanwhile is sealed. */
  readonly sealed: number;
  /** Each of the rounds that are looked at has succeeded. */
  readonly rounds: number;
}

/** Of the rounds of a process, by what it says of itself. */
async function samplesOf(metrics: string, name: string): Promise<ReadonlyMap<string, number>> {
  const text = await (await fetch(metrics)).text();
  const lines = text.matchAll(new RegExp(`^${name}\\{[^}]*round="([^"]+)"[^}]*\\} (\\S+)$`, 'gm'));
  const samples = new Map<string, number>();
  for (const [, round = '', value] of lines) samples.set(round, (samples.get(round) ?? 0) + Number(value));
  return samples;
}

/** As a page does it, past the address that is silent. */
async function askForCode({ challenges }: Storage, { url }: TestDatabase, to: string): Promise<void> {
  const id = randomUUID();
  const asked = { id, channel: 'mail', destination: to, locale: 'fr', flow: randomUUID(), seed: newSeed() } as const;
  await challenges.insert({ ...asked, purpose: 'verify-mail' });
  const now = new Date();
  const counter = await challenges.nextCode(id, now, new Date(now.getTime() + CODE.life * 1000), now);
  if (counter === undefined) throw new Error('the first code of a new challenge was refused');
  const queue = createQueue({ database: url, singleSession: false, log: createLog('silent'), pace: PACE.queue }, CODES);
  await queue.send({ challengeId: id, counter, requestedAt: now.getTime() });
  await queue.close();
}

interface Scene {
  readonly database: TestDatabase;
  readonly storage: Storage;
  readonly mail: MailBox;
  readonly metrics: string;
  /** Those that are looked at. */
  readonly rounds: readonly string[];
}

/** Nothing that was asked before the silence is waited for any more. */
export const allHaveFailed = ({ metrics, rounds }: Scene): Promise<unknown> =>
  until('each round to fail', async () => {
    const failures = await samplesOf(metrics, 'mire_round_failures_total');
    return rounds.every((round) => (failures.get(round) ?? 0) > 0);
  });

/** Something to mail, and something to seal. */
async function demand({ storage, database }: Scene): Promise<void> {
  await storage.audit.write({ event: 'account.created' });
  await askForCode(storage, database, 'alice@hopital.test');
}

/** @param mails that have come by then */
async function met({ database, mail, metrics, rounds: looked }: Scene, mails: number): Promise<Recovered> {
  const since = performance.now();
  const passed = () => (performance.now() - since) / 1000;
  const [mailed, sealed, rounds] = await Promise.all([
    mail.next(mails).then(passed),
    until('the audit to be sealed', async () => {
      const { count } = await createAuditLines(database.database).unsealed(0);
      return count === 0 && passed();
    }),
    until('each round to succeed', async () => {
      const now = passed();
      const ages = await samplesOf(metrics, 'mire_round_age_seconds');
      return looked.every((round) => (ages.get(round) ?? Number.POSITIVE_INFINITY) < now) && passed();
    }),
  ]);
  return { mailed, sealed, rounds };
}

/**
 * A worker in production mode whose database falls silent: its connections stay open, new ones are taken, and no answer
 * comes. Nobody touches it.
 * @param every looks at the rounds that come at least so often, in seconds
 * @param lasts ends with the silence
 */
export async function outliveSilence(every: number, lasts: (scene: Scene) => Promise<unknown>): Promise<Recovered> {
  const mail = new MailBox();
  const mailPort = await mail.listen(0);
  const database = await testDatabase('postgres');
  const address = await MovingAddress.of(Number(new URL(database.url).port));
  const through = new URL(database.url);
  through.host = `127.0.0.1:${address.port}`;
  const port = await freePort();
  const environment = productionEnvironment({
    ISSUER: 'https://mire.test',
    DATABASE_URL: through.href,
    MAIL_URL: `smtp://127.0.0.1:${mailPort}`,
    METRICS_PORT: String(port),
  });
  const vault = createVault((environment.DATA_KEYS ?? '').split(','), environment.INDEX_KEY ?? '');
  const storage = createStorage(database.database, vault);
  const rounds = roundsWithin(every);
  const scene = { database, storage, mail, metrics: `http://127.0.0.1:${port}/metrics`, rounds };
  const worker = new MireProcess(['work'], environment);
  try {
    await worker.logged('working');
    // Connections that were good are what a silence is hardest for.
    await demand(scene);
    await met(scene, 1);
    address.hush();
    await lasts(scene);
    await demand(scene);
    address.moveTo(Number(new URL(database.url).port), 'kept');
    return await met(scene, 2);
  } finally {
    worker.signal('SIGKILL');
    await worker.ended();
    await address.stop();
    await mail.close();
    await database.stop();
  }
}
