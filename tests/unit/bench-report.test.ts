import { expect, test } from '@jest/globals';
import { tellProfile } from '../load/areas.ts';
import { chart } from '../load/chart.ts';
import { linesOf } from '../load/lines.ts';
import type { Sample } from '../load/measure.ts';
import { reportOf } from '../load/pages.ts';
import { type Row, ratio } from '../load/report.ts';
import type { Results } from '../load/results.ts';
import { PLANS } from '../load/run.ts';

const sample = (perSecond: number, more: Partial<Sample> = {}): Sample => ({
  operations: perSecond,
  seconds: 1,
  perSecond,
  cpu: 1000 / perSecond,
  median: 10,
  p90: 15,
  p99: 20,
  p999: 30,
  shed: 0,
  failed: 0,
  errors: [],
  ...more,
});
const row = (goal: Row['goal'], bare: number[], redis: number[], postgres: number[]): Row => ({
  scenario: goal ?? 'other',
  goal,
  samples: {
    bare: bare.map((n) => sample(n)),
    redis: redis.map((n) => sample(n)),
    postgres: postgres.map((n) => sample(n)),
  },
});
const NOTHING: Results = {
  at: '2026-11-25T00:00:00.000Z',
  command: 'npm run bench --',
  node: 'v24.21.0',
  processor: '2 × a processor',
  cores: { servers: 0, clients: 1 },
  plan: PLANS.quick,
  rows: [],
  modes: [],
  open: [],
  passwords: [],
  processes: [],
  burst: undefined,
  starts: [],
  page: undefined,
  image: undefined,
  underLoad: {},
};
const said = (results: Partial<Results>) =>
  linesOf({ ...NOTHING, ...results }).map(({ what, measured, reached }) => `${what}: ${measured}: ${reached}`);

test('a ratio is taken round by round, so that a machine that slows down slows both', () => {
  const slowing = row('code flow', [400, 200, 100], [300, 160, 70], [200, 100, 50]);
  expect(ratio(slowing, 'redis')).toEqual({ min: 0.7, median: 0.75, max: 0.8 });
  expect(said({ rows: [slowing] })).toEqual([
    'code flow, Redis and PostgreSQL: beside the bare provider: 0.75 (0.70–0.80): true',
    'code flow, PostgreSQL alone: beside the bare provider: 0.50 (0.50–0.50): true',
    'Errors in the closed loops: 0 of 1580: true',
  ]);
});

test('work without a goal has no line, and a missed goal is said to be missed', () => {
  const rows = [row(undefined, [100], [1], [1]), row('single sign-on', [100], [84], [61])];
  expect(said({ rows }).slice(0, 2)).toEqual([
    'single sign-on, Redis and PostgreSQL: beside the bare provider: 0.84 (0.84–0.84): false',
    'single sign-on, PostgreSQL alone: beside the bare provider: 0.61 (0.61–0.61): true',
  ]);
});

test('twice the load is borne only where nothing fails, enough is done, and it is over when it is over', () => {
  const half = sample(50, { median: 10, p99: 31 });
  const calm = {
    work: 'sign-in page',
    saturating: sample(100),
    half,
    stalls: { loop: { p99: 12, max: 30 }, collection: 7 },
    double: sample(90, { shed: 60 }),
    after: sample(50),
  };
  const broken = { ...calm, work: 'other', double: sample(60, { failed: 1 }), after: sample(50, { shed: 1 }) };
  const reached = linesOf({ ...NOTHING, open: [calm, broken] }).map((line) => line.reached);
  expect(reached).toEqual([false, true, true, true, false, false, false]);
  const beside = { ...calm, bareHalf: sample(80, { median: 2, p99: 30 }) };
  expect(linesOf({ ...NOTHING, open: [beside] })[0]?.limit).toContain('15.0 × (30.00 ms / 2.00 ms)');
});

test('of password sign-ins it is told what the event loop had, and what the hash', () => {
  const profile = { told: { awake: 100, areas: {}, functions: [] }, sample: sample(20, { cpu: 60 }) };
  const slow = { memory: 7168, passes: 5, hash: [25], samples: [sample(10)], open: undefined, profile };
  const [perSecond, beside] = linesOf({ ...NOTHING, passwords: [slow] });
  expect(perSecond?.limit).toMatch(
    /A hash alone takes 40\.00 ms.*the rest of the sign-in 60\.00 ms.*26\.67 ms for both/,
  );
  expect(beside?.limit).toContain('Of 60.00 ms in the profiled round the event loop had 5.00 ms at most');
});

test('a mail that is lost, or sent twice, is told', () => {
  const burst = { asked: 10, within: 1, handedOver: 10, twice: 0, perSecond: 5, median: 1, p90: 1, p99: 1, p999: 1 };
  expect(linesOf({ ...NOTHING, burst })[0]?.reached).toBe(true);
  expect(linesOf({ ...NOTHING, burst: { ...burst, twice: 1 } })[0]?.reached).toBe(false);
  expect(linesOf({ ...NOTHING, burst: { ...burst, handedOver: 9 } })[0]?.reached).toBe(false);
});

test('a part that was left out leaves no trace in the report, nor a number that is none in the chart', () => {
  expect(reportOf(NOTHING)).not.toMatch(/NaN|undefined|## (?!Done when)/);
  expect(chart([row('code flow', [100], [70], [60])], [])).not.toMatch(/NaN|undefined|Infinity/);
});

test('what was not reached says why, in the figures of its own run', () => {
  const told = (redis: number) => ({
    areas: { 'Redis: driver': redis, 'oidc-provider': 1 - redis },
    awake: 1,
    functions: [],
  });
  const slow: Row = {
    ...row('tokens', [1000], [500], [900]),
    profiles: { bare: told(0), redis: told(0.4), postgres: told(0.1) },
  };
  const report = reportOf({ ...NOTHING, rows: [slow] });
  // Of 2 ms, 0.8 are round trips: 1 / 1.2 without them.
  expect(report).toMatch(
    /tokens, Redis and PostgreSQL[^*]*\*\*: the target leaves 1.33 ms [^\n]* which takes 2.00 ms: HTTP and the protocol 1.20 ms \(bare 1.00 ms\), round trips to the stores 0.800 ms, [^\n]* would be 0.83/,
  );
  expect(report).not.toMatch(/\*\*tokens, PostgreSQL alone/);
});

test('a profile counts Node.js for whoever called it, and sleep for nobody', () => {
  const node = (id: number, functionName: string, url: string, children: number[] = []) => ({
    id,
    callFrame: { functionName, url, lineNumber: 0 },
    children,
  });
  const told = tellProfile({
    nodes: [
      node(1, '(root)', '', [2, 4, 6, 7]),
      node(2, 'send', 'file:///app/node_modules/pg/lib/connection.js', [3]),
      node(3, 'writev', ''),
      node(4, 'onread', 'node:net', [5]),
      node(5, 'seal', 'file:///app/src/protection/secrets.ts'),
      node(6, '(idle)', ''),
      node(7, '(garbage collector)', ''),
    ],
    samples: [3, 3, 4, 5, 6, 7],
    timeDeltas: [10, 20, 30, 20, 1000, 20],
  });
  const seen = Object.fromEntries(Object.entries(told.areas).filter(([, share]) => share > 0));
  expect(seen).toEqual({
    'Node.js: HTTP, sockets, timers': 0.3,
    'PostgreSQL: driver and pool': 0.3,
    'sealing and hashing': 0.2,
    'memory: garbage collection': 0.2,
  });
  expect(told.functions[0]).toEqual({ name: 'writev', share: 0.3 });
  expect(told.awake).toBe(0.1);
});
