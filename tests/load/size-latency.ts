import { mkdirSync, writeFileSync } from 'node:fs';
import type { JSONWebKeySet } from 'jose';
import { openConnection } from './connection.ts';
import { freePort } from './ground.ts';
import { closedLoop, type Sample } from './measure.ts';
import { person, prepareDatabase } from './prepare.ts';
import { stockUp } from './ratios.ts';
import { spread } from './report.ts';
import { type Repeated, SCENARIOS } from './scenarios.ts';
import { ask as query, type SizedGround } from './size-ground.ts';
import { mayReturn } from './size-people.ts';
import { startTarget, type Target } from './target.ts';

const FEW = 2000;
/** At once: waiting for each other is not what is looked at. */
const WORKERS = 2;
/** A target is reached when the database at size costs no more than this beside the empty one. */
const AT_MOST = 1.2;
const WORK = [
  ...['sign-in page', 'sign-in and tokens (code flow)', 'silent single sign-on (prompt=none)', 'tokens for a code'],
  ...['refresh', 'userinfo', 'introspection'],
];

export interface LatencyOptions {
  readonly rounds: number;
  readonly seconds: number;
  /** A part of the names of what is measured. */
  readonly only: string;
}

/** Of the rows that were changed, how many stayed in their page without touching an index (HOT), and how many wait for vacuum. */
async function updatesInPlace({ url, say }: SizedGround): Promise<void> {
  const rows = await query<{ relname: string; changed: string; hot: string; dead: string }>(
    url,
    `select relname, n_tup_upd as changed, n_tup_hot_upd as hot, n_dead_tup as dead from pg_stat_user_tables
     where n_tup_upd > 100 order by n_tup_upd desc limit 8`,
  );
  for (const { relname, changed, hot, dead } of rows)
    say(`  ${relname}: ${changed} changed, ${hot} in place, ${dead} dead`);
}

/** The same work on both databases, by turns, each behind a server of its own on the same core. */
export async function measureLatency(ground: SizedGround, { rounds, seconds, only }: LatencyOptions): Promise<void> {
  const emptyUrl = await ground.database('few');
  await prepareDatabase(ground.env(emptyUrl), FEW);
  const start = async (name: string, url: string): Promise<Target> => {
    const env = { ...ground.env(url), BENCH_HASH: 'skip' };
    return startTarget({ name, script: './mire-server.ts', port: await freePort(), core: 0, env });
  };
  const targets = { few: await start('few', emptyUrl), sized: await start('sized', ground.url) };
  const people = { few: FEW, sized: ground.sizes.accounts };
  const { ask, close } = openConnection();
  const lines = [
    '| work | median ms, few / at size | ratio | p99 ms, few / at size | CPU ratio | CPU ms at size |',
    '|---|---|---:|---|---:|---|',
  ];
  let reached = true;
  try {
    for (const scenario of SCENARIOS.filter(({ name }) => WORK.includes(name) && name.includes(only))) {
      const samples: Record<'few' | 'sized', Sample[]> = { few: [], sized: [] };
      const work = {} as Record<'few' | 'sized', Repeated[]>;
      for (const name of ['few', 'sized'] as const) {
        const { issuer } = targets[name];
        const jwks = (await (await fetch(`${issuer}/jwks`)).json()) as JSONWebKeySet;
        const anybody = () => {
          let number = 0;
          do number = Math.floor(Math.random() * people[name]);
          while (!mayReturn(number));
          return person(number);
        };
        const parts = { issuer, ask, jwks, person: anybody };
        work[name] = await Promise.all(Array.from({ length: WORKERS }, () => scenario.prepare(parts)));
        await stockUp(work[name]);
        await closedLoop(targets[name], work[name], 2);
      }
      // Each goes first in turn: a machine that others use is not the same a few seconds later.
      for (let round = 0; round < rounds; round += 1)
        for (const name of round % 2 === 0 ? (['few', 'sized'] as const) : (['sized', 'few'] as const)) {
          await stockUp(work[name]);
          samples[name].push(await closedLoop(targets[name], work[name], seconds));
        }
      const errors = [...samples.few, ...samples.sized].flatMap((sample) => sample.errors);
      if (errors.length > 0) ground.say(`  ${scenario.name}: ${errors.length} errors, such as ${errors[0]}`);
      const ratioOf = (value: 'median' | 'cpu') =>
        spread(samples.sized.map((sample, i) => sample[value] / (samples.few[i]?.[value] ?? Number.NaN)));
      const of = (name: 'few' | 'sized', value: 'median' | 'p99' | 'cpu') =>
        spread(samples[name].map((sample) => sample[value])).median.toFixed(2);
      const [median, cpu] = [ratioOf('median'), ratioOf('cpu')];
      const told = ({ min, median: middle, max }: typeof cpu) =>
        `${middle.toFixed(2)} (${min.toFixed(2)}–${max.toFixed(2)})`;
      reached &&= median.median <= AT_MOST && cpu.median <= AT_MOST && errors.length === 0;
      lines.push(
        `| ${scenario.name} | ${of('few', 'median')} / ${of('sized', 'median')} | ${told(median)} | ${of('few', 'p99')} / ${of('sized', 'p99')} | ${told(cpu)} | ${of('sized', 'cpu')} |`,
      );
    }
    lines.push('', `At most ${AT_MOST} times the empty database's: ${reached ? 'reached' : 'not reached'}.`);
    ground.say(lines.join('\n'));
    await updatesInPlace(ground);
    mkdirSync('.bench', { recursive: true });
    writeFileSync('.bench/size-latency.md', `${lines.join('\n')}\n`);
  } finally {
    close();
    await Promise.all(Object.values(targets).map((target) => target.stop()));
  }
}
