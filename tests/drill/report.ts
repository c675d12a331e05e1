import type { Outcome } from './person.ts';

/** Milliseconds. */
export interface Waits {
  readonly most: number;
  readonly slowest: number;
}

/** What one fault did to how many journeys. */
export interface Report {
  readonly fault: string;
  readonly journeys: number;
  readonly ended: Readonly<Record<Outcome['ended'], number>>;
  /** What people and applications were answered, how often: `step: what it said`. */
  readonly told: Readonly<Record<string, number>>;
  readonly untold: Readonly<Record<string, number>>;
  readonly answers: Waits;
  /** Answers of 5xx alone. */
  readonly refusals: Waits;
  readonly acknowledged: { readonly signIns: number; readonly revocations: number };
  readonly lost: readonly string[];
  /** What the web processes logged of their answers with 500. */
  readonly defects: Readonly<Record<string, number>>;
  readonly seconds: number;
}

/** Steps that a program takes; all others are a person's. */
const BY_PROGRAMS = new Set(['discovery', 'token', 'refresh', 'revoke']);

/** `503 × 40, 409 × 2`, of one kind of asker. */
function said(told: Report['told'], byPrograms: boolean): string {
  const sums = new Map<string, number>();
  for (const [line, count] of Object.entries(told)) {
    const [step = '', ...rest] = line.split(': ');
    const words = rest.join(': ');
    if (BY_PROGRAMS.has(step) === byPrograms) sums.set(words, (sums.get(words) ?? 0) + count);
  }
  const sorted = [...sums].sort(([, one], [, other]) => other - one);
  return sorted.map(([words, count]) => `${words} × ${count}`).join(', ') || 'nothing';
}

const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`;

const COLUMNS: readonly (readonly [string, (report: Report) => string | number])[] = [
  ['fault', ({ fault }) => fault],
  ['at once', ({ ended }) => ended['at once']],
  ['second try', ({ ended }) => ended['after a second try']],
  ['begun again', ({ ended }) => ended['begun again']],
  ['never', ({ ended }) => ended.never],
  ['untold', ({ untold }) => Object.values(untold).reduce((sum, count) => sum + count, 0)],
  ['lost', ({ lost }) => lost.length],
  ['slowest refusal', ({ refusals }) => seconds(refusals.slowest)],
  ['slowest answer', ({ answers }) => seconds(answers.slowest)],
  ['sign-ins, revocations', ({ acknowledged: { signIns, revocations } }) => `${signIns}, ${revocations}`],
  ['people were told', ({ told }) => said(told, false)],
  ['applications were told', ({ told }) => said(told, true)],
];

/** A table in Markdown, and below it whatever nobody should have met. */
export function table(reports: readonly Report[]): string {
  const rows = [
    COLUMNS.map(([title]) => title),
    COLUMNS.map(() => '---'),
    ...reports.map((report) => COLUMNS.map(([, of]) => String(of(report)))),
  ];
  const wrong = reports.flatMap(({ fault, untold, lost, defects }) => [
    ...Object.entries(untold).map(([line, count]) => `${fault}: not told: ${line} × ${count}`),
    ...Object.entries(defects).map(([why, count]) => `${fault}: logged: ${why} × ${count}`),
    ...lost.map((what) => `${fault}: lost: ${what}`),
  ]);
  return `\n${rows.map((row) => `| ${row.join(' | ')} |`).join('\n')}\n${wrong.map((line) => `${line}\n`).join('')}`;
}
