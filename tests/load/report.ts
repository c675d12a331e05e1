import type { Sample } from './measure.ts';

export const NAMES = ['bare', 'redis', 'postgres'] as const;
export type Name = (typeof NAMES)[number];

/** What each target did in each round of one scenario. */
export interface Row {
  readonly scenario: string;
  readonly goal?: string | undefined;
  readonly samples: Readonly<Record<Name, readonly Sample[]>>;
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

const of = (row: Row, name: Name, value: keyof Pick<Sample, 'perSecond' | 'cpu' | 'median' | 'p99'>) =>
  spread(row.samples[name].map((sample) => sample[value])).median;
const two = (value: number) => value.toFixed(2);
const shown = ({ min, median, max }: Spread) => `${two(median)} (${two(min)}–${two(max)})`;

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

const escaped = (text: string) => text.replace(/&/g, '&amp;').replace(/</g, '&lt;');

/** Bars of the ratios, the bare provider being 1. */
export function chart(rows: readonly Row[]): string {
  const [left, width, step] = [230, 420, 46];
  const height = rows.length * step + 50;
  const bars = rows.flatMap((row, i) => {
    const y = 30 + i * step;
    const bar = (name: Name, dy: number, colour: string) => {
      const { min, median, max } = ratio(row, name);
      const x = (value: number) => left + Math.min(1.2, value) * (width / 1.2);
      return `<rect x="${left}" y="${y + dy}" width="${(x(median) - left).toFixed(1)}" height="14" fill="${colour}"/>
<line x1="${x(min).toFixed(1)}" x2="${x(max).toFixed(1)}" y1="${y + dy + 7}" y2="${y + dy + 7}" stroke="#222"/>
<text x="${(x(max) + 6).toFixed(1)}" y="${y + dy + 11}">${two(median)}</text>`;
    };
    return [
      `<text x="${left - 8}" y="${y + 20}" text-anchor="end">${escaped(row.scenario)}</text>`,
      bar('redis', 2, '#00786c'),
      bar('postgres', 18, '#7a8fb8'),
    ];
  });
  const one = left + width / 1.2;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${left + width + 60} ${height}" font-family="system-ui, sans-serif" font-size="12" role="img" aria-label="Throughput beside bare oidc-provider">
<rect width="100%" height="100%" fill="#fff"/>
<text x="${left}" y="18">Throughput, bare oidc-provider in memory = 1 (green: Redis and PostgreSQL; blue: PostgreSQL alone)</text>
<line x1="${one}" x2="${one}" y1="24" y2="${height - 16}" stroke="#999" stroke-dasharray="4 3"/>
${bars.join('\n')}
</svg>
`;
}
