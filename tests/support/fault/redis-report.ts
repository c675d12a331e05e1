import type { Measured } from './redis-measure.ts';
import { nameOf, type Row } from './redis-rows.ts';

const said = (errors: Measured['errors']): string =>
  Object.entries(errors)
    .sort(([, one], [, other]) => other - one)
    .map(([what, count]) => `${what} × ${count}`)
    .join(', ') || 'none';

const CELLS: readonly (readonly [string, (row: Row, measured: Measured) => string])[] = [
  ['fault', ({ fault }) => fault],
  ['connections', ({ connections }) => connections],
  ['path', ({ path }) => path],
  ['without a sign-in', (_, { outage }) => `${outage.toFixed(1)} s`],
  ['errors', (_, { errors }) => said(errors)],
  ['signed out', (_, { signedOut: { people, of } }) => `${people} of ${of}`],
  ['codes lost', (_, { unmailed }) => String(unmailed.length)],
  ['twice', (_, { twice }) => String(twice.length)],
  ['guesses heard', (_, { guesses }) => String(guesses)],
];

/** What names a row in docs/scaling.md. */
export const rowCells = (row: Row): string[] => CELLS.slice(0, 3).map(([, of]) => of(row, {} as Measured));

/** The table of docs/scaling.md, in Markdown. */
export function redisTable(rows: readonly Row[], measured: readonly Measured[]): string {
  const lines = rows.flatMap((row) => {
    const found = measured.find((one) => one.row === nameOf(row));
    return found ? [CELLS.map(([, of]) => of(row, found))] : [];
  });
  const all = [CELLS.map(([title]) => title), CELLS.map(() => '---'), ...lines];
  return all.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}
