import { passwordLimit, rateLimit, ratioLimit, startLimit, tailLimit } from './limits.ts';
import type { OpenRow } from './open-loop.ts';
import { type Name, type Row, ratio, type Spread, shown, spread, table } from './report.ts';
import type { Results } from './results.ts';
import type { Goal } from './scenarios.ts';

/** One thing that must hold, and whether this run showed it. */
export interface Line {
  readonly what: string;
  readonly target: string;
  readonly measured: string;
  readonly reached: boolean;
  /** What kept it from being reached, where the run can say. */
  readonly limit?: string | undefined;
}

/** Least ratio to the bare provider, and the aim, by group of work. */
const RATIOS: Readonly<Record<Exclude<Name, 'bare'>, Readonly<Record<Goal, number>>>> = {
  redis: { 'code flow': 0.6, 'single sign-on': 0.85, tokens: 0.75, 'client credentials': 0.65 },
  postgres: { 'code flow': 0.5, 'single sign-on': 0.6, tokens: 0.55, 'client credentials': 0.5 },
};
const AIM = { redis: 0.9, postgres: 0.75 };
const STORES = { redis: 'Redis and PostgreSQL', postgres: 'PostgreSQL alone' };

/** Keycloak's sizing guide: what one core of the service's own does in a second. */
const KEYCLOAK = { signIns: 15, grants: 120, refreshes: 120 };
const [GRANTS_TIMES, SIGN_INS_TIMES] = [5, 2.5];
/** What of the saturating rate must still be answered at twice of it. */
const GOODPUT = 0.7;
const [READY, AT_REST, PAGE, REQUESTS] = [2000, 220e6, 50e3, 4];

const per = (value: number) => `${value.toFixed(value < 100 ? 1 : 0)}/s`;

function ratioLines(rows: readonly Row[]): Line[] {
  return (['redis', 'postgres'] as const).flatMap((name) =>
    rows.flatMap((row) => {
      if (row.goal === undefined) return [];
      const least = RATIOS[name][row.goal];
      const seen = ratio(row, name);
      return {
        what: `${row.scenario}, ${STORES[name]}: beside the bare provider`,
        target: `≥ ${least} (aim ${AIM[name]})`,
        measured: shown(seen),
        reached: seen.median >= least,
        limit: ratioLimit(row, name, least),
      };
    }),
  );
}

function keycloakLines({ rows, passwords }: Results): Line[] {
  const lines: Line[] = [];
  const add = (what: string, theirs: number, times: number, seen: Spread, limit?: string, done = '') =>
    lines.push({
      what: `${what}, a second and core: ${times} × Keycloak's ${theirs}`,
      target: `≥ ${per(theirs * times)}`,
      measured: `${per(seen.median)} (${seen.min.toFixed(0)}–${seen.max.toFixed(0)})${done}`,
      reached: seen.median >= theirs * times,
      limit,
    });
  for (const name of ['redis', 'postgres'] as const) {
    const rate = (scenario: string, called: string, theirs: number) => {
      for (const row of rows.filter((one) => one.scenario === scenario)) {
        // Keycloak's guide says how much processor to set aside for so many: stores and clients are not counted.
        const seen = spread(row.samples[name].map(({ cpu }) => 1000 / cpu));
        const done = `; ${per(spread(row.samples[name].map((s) => s.perSecond)).median)} done here`;
        const limit = rateLimit(row, name, theirs * GRANTS_TIMES);
        add(`${called}, ${STORES[name]}`, theirs, GRANTS_TIMES, seen, limit, done);
      }
    };
    rate('client credentials', 'Client credentials', KEYCLOAK.grants);
    rate('refresh', 'Refresh', KEYCLOAK.refreshes);
  }
  for (const row of passwords.filter((one) => one.memory === 7 * 1024))
    add(
      `Password sign-ins at ${row.memory / 1024} MiB, ${row.passes} passes`,
      KEYCLOAK.signIns,
      SIGN_INS_TIMES,
      spread(row.samples.map((s) => s.perSecond)),
      passwordLimit(row, KEYCLOAK.signIns * SIGN_INS_TIMES),
    );
  return lines;
}

const hashLines = ({ passwords }: Results): Line[] =>
  passwords.map((row) => {
    const { memory, passes, hash, samples } = row;
    const seen = spread(samples.map(({ perSecond }, i) => perSecond / (hash[i] ?? Number.NaN)));
    return {
      what: `Password sign-ins at ${memory / 1024} MiB, ${passes} passes: beside the hash alone on the same core`,
      target: '≥ 0.9',
      measured: shown(seen),
      reached: seen.median >= 0.9,
      limit: passwordLimit(row),
    };
  });

function openLines({ open }: Results): Line[] {
  const page = open.find(({ work }) => work === 'sign-in page');
  const times = (page?.half.p99 ?? Number.NaN) / (page?.half.median ?? Number.NaN);
  const half = page && {
    what: 'The page at half of the saturating load: p99 beside its median',
    target: '≤ 3 ×',
    measured: `${times.toFixed(1)} × (${page.half.p99.toFixed(1)} / ${page.half.median.toFixed(1)} ms)`,
    reached: times <= 3 && page.half.failed + page.half.shed === 0,
    limit: tailLimit(page),
  };
  return [...(half ? [half] : []), ...open.flatMap(overloadLines)];
}

const overloadLines = ({ work, saturating, double, after }: OpenRow): Line[] => [
  {
    what: `${work} at twice the saturating load: errors other than 503 with Retry-After`,
    target: '0',
    measured: `${double.failed} of ${double.operations + double.shed + double.failed}`,
    reached: double.failed === 0,
  },
  {
    what: `${work} at twice the saturating load: still done, beside the saturating rate`,
    target: `≥ ${GOODPUT}`,
    measured: (double.perSecond / saturating.perSecond).toFixed(2),
    reached: double.perSecond >= GOODPUT * saturating.perSecond,
  },
  {
    what: `${work} at half of it, a second later: turned away or failed`,
    target: '0',
    measured: String(after.shed + after.failed),
    reached: after.shed + after.failed === 0,
  },
];

function startLines({ starts, page, burst }: Results): Line[] {
  const lines: Line[] = [];
  for (const start of starts.filter(({ called }) => called.startsWith('as in the image'))) {
    const { called, ready, rss } = start;
    const [time, memory] = [spread(ready), spread(rss)];
    lines.push({
      what: `Ready against a migrated database, ${called}`,
      target: `≤ ${READY} ms`,
      measured: `${time.median.toFixed(0)} ms (${time.min.toFixed(0)}–${time.max.toFixed(0)})`,
      reached: time.median <= READY,
      limit: startLimit(start),
    });
    lines.push({
      what: `Memory at rest, ${called}`,
      target: `< ${AT_REST / 1e6} MB`,
      measured: `${(memory.median / 1e6).toFixed(0)} MB`,
      reached: memory.median < AT_REST,
    });
  }
  if (page) {
    const measured = `${(page.bytes / 1000).toFixed(1)} kB`;
    lines.push({ what: 'Sign-in page, as it travels', target: '< 50 kB', measured, reached: page.bytes < PAGE });
    lines.push({
      what: 'Sign-in page, requests',
      target: `≤ ${REQUESTS}`,
      measured: String(page.requests),
      reached: page.requests <= REQUESTS,
    });
  }
  if (burst)
    lines.push({
      what: `${burst.asked} codes asked for at once: handed over to the mail server`,
      target: `${burst.asked}, none twice`,
      measured: `${burst.handedOver}, ${burst.twice} twice; p50 ${(burst.median / 1000).toFixed(1)} s, p99 ${(burst.p99 / 1000).toFixed(1)} s`,
      reached: burst.handedOver === burst.asked && burst.twice === 0,
    });
  return lines;
}

/** Failures of the closed loops: a figure got with errors is no figure. */
function errorLines({ rows, modes }: Results): Line[] {
  const samples = [...rows.flatMap((row) => Object.values(row.samples).flat()), ...modes.flatMap((row) => row.samples)];
  if (samples.length === 0) return [];
  const failed = samples.reduce((sum, { failed, shed }) => sum + failed + shed, 0);
  const done = samples.reduce((sum, { operations }) => sum + operations, 0);
  return [
    {
      what: 'Errors in the closed loops',
      target: '0',
      measured: `${failed} of ${done + failed}`,
      reached: failed === 0,
    },
  ];
}

export const linesOf = (results: Results): Line[] => [
  ...ratioLines(results.rows),
  ...keycloakLines(results),
  ...hashLines(results),
  ...openLines(results),
  ...startLines(results),
  ...errorLines(results),
];

export const lineTable = (lines: readonly Line[]): string =>
  table(
    ['what', 'target', 'measured', 'reached'],
    lines.map(({ what, target, measured, reached }) => [what, target, measured, reached ? 'yes' : '**no**']),
  );

/** Why each line that was not reached was not. */
export const limitList = (lines: readonly Line[]): string =>
  lines
    .filter(({ reached }) => !reached)
    .map(({ what, limit = 'this run does not say why' }) => `- **${what}**: ${limit}`)
    .join('\n');
