import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { readSettings } from '../../config/settings.ts';
import { createLog } from '../../src/log.ts';
import { openParts } from '../../src/main/parts.ts';
import { measureBurst, startWork } from './burst.ts';
import { measureModes } from './by-mode.ts';
import { chart } from './chart.ts';
import { freePort, openGround } from './ground.ts';
import { linesOf } from './lines.ts';
import { openMailSink } from './mail-sink.ts';
import { startMire } from './mire.ts';
import { measureOpen, OPEN_WORK } from './open-loop.ts';
import { reportOf } from './pages.ts';
import { COSTS, measurePasswords, type PasswordRow } from './passwords.ts';
import { measureProcesses } from './processes.ts';
import { measureRatios, type Ratios, warm } from './ratios.ts';
import type { Name } from './report.ts';
import type { Results } from './results.ts';
import { CLIENTS, clientsOf, PLANS, type Run, SERVERS } from './run.ts';
import { measureStarts } from './start.ts';
import { startTarget, type Target } from './target.ts';
import { weighImage, weighPage } from './weight.ts';

/**
 * `npm run bench`: whole journeys against Mire and against bare oidc-provider, by turns, in one run, and everything else
 * that docs/bench.md promises to measure.
 */
const PARTS = ['start', 'ratios', 'open', 'passwords', 'processes', 'modes', 'burst'] as const;
const { values: options } = parseArgs({
  options: {
    full: { type: 'boolean', default: false },
    /** Some of the parts, and of the ratios those whose name has this in it. */
    parts: { type: 'string', default: PARTS.join() },
    only: { type: 'string', default: '' },
    rounds: { type: 'string' },
    seconds: { type: 'string' },
    out: { type: 'string', default: '.bench' },
  },
});
const given = PLANS[options.full ? 'full' : 'quick'];
const plan = {
  ...given,
  rounds: Number(options.rounds ?? given.rounds),
  seconds: Number(options.seconds ?? given.seconds),
};
const asked = (part: (typeof PARTS)[number]) => options.parts.split(',').includes(part);
const say = (text: string) => process.stdout.write(`${text}\n`);

const ground = await openGround(CLIENTS);
const mails = await openMailSink();
const run: Run = { plan, ground, say };
const stopping: { stop(): Promise<void> }[] = [];
const keep = <T extends { stop(): Promise<void> }>(one: T): T => {
  stopping.unshift(one);
  return one;
};

async function stop(): Promise<void> {
  for (const one of stopping.splice(0)) await one.stop();
  await mails.stop();
  await ground.stop();
}
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => void stop().finally(() => process.exit(1)));

async function measure(): Promise<Results> {
  const common = { core: SERVERS, people: plan.people, skipHash: true } as const;
  const redis = keep(
    await startMire(ground, {
      ...common,
      name: 'redis',
      redis: true,
      env: { MODES: 'cps,code-ephemere,login-mdp,cle-acces', CARD_TLS_PORT: '0', CARD_PROXY_SECRET: 'b'.repeat(32) },
    }),
  );
  const starts = asked('start') ? await measureStarts(run, redis.env) : [];
  const page = asked('start') ? await weighPage(redis.issuer) : undefined;
  const image = asked('start') ? weighImage() : undefined;

  const env = { BENCH_KEYS: JSON.stringify({ jwk: redis.jwk }) };
  const port = await freePort();
  const bare = keep(await startTarget({ name: 'bare', script: './bare-server.ts', port, core: SERVERS, env }));
  const bareKeys = (await (await fetch(`${bare.issuer}/jwks`)).json()) as typeof redis.keys;
  let ratios: Ratios | undefined;
  if (asked('ratios')) {
    const postgres = keep(await startMire(ground, { ...common, name: 'postgres', redis: false }));
    const targets: Record<Name, Target> = { bare, redis, postgres };
    const keys = { bare: bareKeys, redis: redis.keys, postgres: postgres.keys };
    ratios = await measureRatios(run, targets, keys, options.only);
    await postgres.stop();
  } else {
    // Their part was left out: they have done nothing yet.
    await warm(redis, redis.keys, plan);
    await warm(bare, bareKeys, plan);
  }

  const open = [];
  if (asked('open'))
    for (const kind of OPEN_WORK) open.push(await measureOpen(run, redis, kind, { bare: { ...bare, keys: bareKeys } }));
  await bare.stop();
  const processes = asked('processes') ? await measureProcesses(run, redis) : [];

  const settings = readSettings({ ...redis.env }, () => {
    throw new Error('the bench gives every secret');
  });
  const databaseUrl = settings.DATABASE_URL ?? '';
  const parts = await openParts({ settings, log: createLog('warn'), databaseUrl, singleSession: false });
  keep({ stop: () => parts.close() });
  let modes: Results['modes'] = [];
  if (asked('modes')) {
    const worker = keep(await startWork(redis.env, mails, CLIENTS));
    const clients = clientsOf(redis.issuer, redis.keys, plan.people);
    modes = await measureModes(run, redis, { ...clients, parts, mails });
    clients.close();
    await worker.stop();
  }
  await redis.stop();
  let burst: Results['burst'];
  if (asked('burst')) {
    const worker = keep(await startWork(redis.env, mails, SERVERS));
    burst = await measureBurst(run, parts, mails);
    await worker.stop();
  }
  const passwords: PasswordRow[] = [];
  if (asked('passwords'))
    for (const [i, cost] of COSTS.entries()) passwords.push(await measurePasswords(run, cost, i === 0));
  const hashed = passwords.flatMap((one) => one.open ?? []);

  return {
    at: new Date().toISOString(),
    command: `npm run bench -- ${process.argv.slice(2).join(' ')}`.trim(),
    node: process.version,
    processor: `${cpus().length} × ${cpus()[0]?.model}`,
    cores: { servers: SERVERS, clients: CLIENTS },
    plan,
    rows: ratios?.rows ?? [],
    modes,
    open: [...open, ...hashed],
    passwords,
    processes,
    burst,
    starts,
    page,
    image,
    underLoad: ratios?.underLoad ?? {},
  };
}

try {
  const results = await measure();
  mkdirSync(options.out, { recursive: true });
  writeFileSync(`${options.out}/bench.json`, `${JSON.stringify(results, null, 1)}\n`);
  writeFileSync(`${options.out}/bench.svg`, chart(results.rows, results.open));
  writeFileSync(`${options.out}/bench.md`, reportOf(results));
  const missed = linesOf(results).filter(({ reached }) => !reached);
  say(`\n${reportOf(results)}\n${missed.length} lines not reached. Written to ${options.out}/`);
} finally {
  await stop();
}
