import type { Measured } from './measure.ts';
import { nameOf, type Row } from './rows.ts';

const said = (errors: Measured['errors']): string =>
  Object.entries(errors)
    .sort(([, one], [, other]) => other - one)
    .map(([what, count]) => `${what} × ${count}`)
    .join(', ') || 'none';

const CELLS: readonly (readonly [string, (row: Row, measured: Measured) => string])[] = [
  ['fault', ({ fault }) => fault],
  ['connections', ({ connections }) => connections],
  ['replication', ({ replication }) => replication],
  ['path', ({ path }) => path],
  ['without a sign-in', (_, { outage }) => `${outage.toFixed(1)} s`],
  ['errors', (_, { errors }) => said(errors)],
  ['lost', (_, { lost, unmailed }) => String(lost.length + unmailed.length)],
  ['twice', (_, { twice }) => String(twice.length)],
  ['sealed after', (_, { sealedAfter }) => `${sealedAfter.toFixed(1)} s`],
  ['stale for', (_, { staleFor }) => `${staleFor.toFixed(1)} s`],
  ['alarm', (_, { alarms }) => alarms.join(', ') || 'none'],
  ['load', (_, { load }) => load.toFixed(1)],
];

/** What names a row in docs/scaling.md. */
export const rowCells = (row: Row): string[] => CELLS.slice(0, 4).map(([, of]) => of(row, {} as Measured));

/** The table of docs/scaling.md, in Markdown. */
export function failoverTable(rows: readonly Row[], measured: readonly Measured[]): string {
  const lines = rows.flatMap((row) => {
    const found = measured.find((one) => one.row === nameOf(row));
    return found ? [CELLS.map(([, of]) => of(row, found))] : [];
  });
  const all = [CELLS.map(([title]) => title), CELLS.map(() => '---'), ...lines];
  return all.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}
