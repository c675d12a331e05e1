import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { busiest, costsOf, MEASURED, type Measured, type Region, simulate } from './region-model.ts';
import { type Row, spread } from './report.ts';

/**
 * `npm run bench:region`: the busiest minutes of a Monday morning, of a region and of a country, request by request, and the
 * least number of web processes that stays within the bounds. The costs are those that were measured; with `--bench
 * .bench/bench.json`, those of your own `npm run bench`.
 */
const { values: options } = parseArgs({
  options: {
    bench: { type: 'string' },
    with: { type: 'string', default: 'postgres' },
    /** Milliseconds that the slowest request in a hundred may take. */
    p99: { type: 'string', default: '150' },
    /** A process that is busier than this has no room for the share of one that is gone. */
    busy: { type: 'string', default: '0.6' },
  },
});

const SCENARIO: Readonly<Record<Exclude<keyof Measured, 'hash'>, string>> = {
  page: 'sign-in page',
  codeFlow: 'sign-in and tokens (code flow)',
  silent: 'silent single sign-on (prompt=none)',
  token: 'tokens for a code',
  refresh: 'refresh',
  userinfo: 'userinfo',
};

function measured(file: string | undefined): Measured {
  if (file === undefined) return MEASURED;
  const { rows } = JSON.parse(readFileSync(file, 'utf8')) as { rows: readonly Row[] };
  const cpu = (scenario: string) => {
    const samples = rows.find((row) => row.scenario === scenario)?.samples[
      options.with === 'redis' ? 'redis' : 'postgres'
    ];
    if (!samples) throw new Error(`${file} has no "${scenario}"`);
    return spread(samples.map((sample) => sample.cpu)).median;
  };
  const found = Object.entries(SCENARIO).map(([name, scenario]) => [name, cpu(scenario)]);
  return { ...MEASURED, ...(Object.fromEntries(found) as Partial<Measured>) };
}

const REGIONS: readonly Region[] = [
  { name: 'a region', people: 60_000 },
  { name: 'a country', people: 1_200_000 },
];
const [bound, most] = [Number(options.p99), Number(options.busy)];
const costs = costsOf(measured(options.bench));

const lines = [
  '| | people | sign-ins in the busiest minute | requests/s | statements/s | web processes | each busy | p50 ms | p99 ms | one fewer: busy, p99 ms |',
  '| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |',
];
for (const region of REGIONS) {
  const peak = busiest(region, costs);
  let processes = Math.max(2, Math.floor(peak.cores));
  let told = simulate(peak, processes);
  while (told.p99 > bound || told.busy > most) {
    processes += 1;
    told = simulate(peak, processes);
  }
  const less = simulate(peak, processes - 1);
  const percent = (share: number) => `${(share * 100).toFixed(0)} %`;
  lines.push(
    `| ${[region.name, region.people, peak.signIns.toFixed(0), peak.requests.toFixed(0), peak.statements.toFixed(0), processes, percent(told.busy), told.p50.toFixed(1), told.p99.toFixed(0), `${percent(less.busy)}, ${less.p99.toFixed(0)}`].join(' | ')} |`,
  );
}
process.stdout.write(`${lines.join('\n')}\n`);
