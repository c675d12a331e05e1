import { AREA_NAMES, type Told } from './areas.ts';
import type { Sample } from './measure.ts';
import type { Goal } from './scenarios.ts';

export const NAMES = ['bare', 'redis', 'postgres'] as const;
export type Name = (typeof NAMES)[number];

/** What each target did in each round of one scenario. */
export interface Row {
  readonly scenario: string;
  readonly goal?: Goal | undefined;
  readonly samples: Readonly<Record<Name, readonly Sample[]>>;
  /** Where each target's process spent its time, for what has a goal. */
  readonly profiles?: Readonly<Record<Name, Told>> | undefined;
}

export interface Spread {
  readonly min: number;
  readonly median: number;
  readonly max: number;
}

export function spread(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  return {
    min: sorted[0] ?? Number.NaN,
    median: sorted[Math.floor(sorted.length / 2)] ?? Number.NaN,
    max: sorted.at(-1) ?? Number.NaN,
  };
}

/** Throughput beside the bare provider's, round by round. */
export const ratio = (row: Row, name: Name): Spread =>
  spread(row.samples[name].map((sample, i) => sample.perSecond / (row.samples.bare[i]?.perSecond ?? Number.NaN)));

/** The bare provider's processor time for one operation beside ours: what the server's own core would carry. */
export const cpuRatio = (row: Row, name: Name): Spread =>
  spread(row.samples[name].map((sample, i) => (row.samples.bare[i]?.cpu ?? Number.NaN) / sample.cpu));

type Figure = 'perSecond' | 'cpu' | 'median' | 'p90' | 'p99' | 'p999';
/** The middle of what the rounds gave. */
export const middle = (samples: readonly Sample[], value: Figure): number =>
  spread(samples.map((sample) => sample[value])).median;
const of = (row: Row, name: Name, value: Figure) => middle(row.samples[name], value);
export const two = (value: number) => value.toFixed(2);
export const shown = ({ min, median, max }: Spread) => `${two(median)} (${two(min)}–${two(max)})`;

export function ratioTable(rows: readonly Row[]): string {
  const lines = rows.map((row) =>
    [
      row.scenario,
      of(row, 'bare', 'perSecond').toFixed(0),
      of(row, 'redis', 'perSecond').toFixed(0),
      shown(ratio(row, 'redis')),
      shown(cpuRatio(row, 'redis')),
      of(row, 'postgres', 'perSecond').toFixed(0),
      shown(ratio(row, 'postgres')),
      shown(cpuRatio(row, 'postgres')),
      `${of(row, 'bare', 'cpu').toFixed(2)} / ${of(row, 'redis', 'cpu').toFixed(2)} / ${of(row, 'postgres', 'cpu').toFixed(2)}`,
    ].join(' | '),
  );
  return [
    '| work | bare /s | Redis + PostgreSQL /s | ratio | by processor | PostgreSQL alone /s | ratio | by processor | CPU ms: bare / Redis / PostgreSQL |',
    '|---|---:|---:|---:|---:|---:|---:|---:|---|',
    ...lines.map((line) => `| ${line} |`),
  ].join('\n');
}

const ms = (value: number) => (value < 10 ? value.toFixed(2) : value.toFixed(0));

/** Times of one operation with as many clients at once as there are workers. */
export function latencyTable(rows: readonly Row[]): string {
  const figures = ['median', 'p90', 'p99', 'p999'] as const;
  const times = (row: Row, name: Name) => figures.map((figure) => ms(of(row, name, figure))).join(' / ');
  return table(
    ['work', ...NAMES.map((name) => `${name}: p50 / p90 / p99 / p99.9, ms`)],
    rows.map((row) => [row.scenario, ...NAMES.map((name) => times(row, name))]),
  );
}

export function table(head: readonly string[], lines: readonly (readonly string[])[]): string {
  const row = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '/')).join(' | ')} |`;
  return [row(head), row(head.map((_, i) => (i === 0 ? '---' : '---:'))), ...lines.map(row)].join('\n');
}

/** Milliseconds of processor for one operation, by whose code they were spent in: of the rounds that nobody profiled. */
export function areaTable(row: Row): string {
  const { profiles } = row;
  if (!profiles) return '';
  const cell = (name: Name, share: number) => (share * of(row, name, 'cpu')).toFixed(3);
  const lines = AREA_NAMES.map((area) => [area, ...NAMES.map((name) => cell(name, profiles[name].areas[area] ?? 0))]);
  return table(['CPU ms', ...NAMES], [...lines, ['together', ...NAMES.map((name) => cell(name, 1))]]);
}

/** The functions in which the event loop was longest, without what they called. */
export function longest({ functions }: Told): string {
  const said = functions.slice(0, 10).map(({ name, share }) => `\`${name}\` ${(100 * share).toFixed(1)} %`);
  return `longest in: ${said.join(', ')}.`;
}
