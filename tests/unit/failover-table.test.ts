import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { rowCells } from '../drill/failover/report.ts';
import { ROWS } from '../drill/failover/rows.ts';

test('docs/scaling.md tells what each row of the failover drill costs, and of no other', () => {
  const text = readFileSync(new URL('../../docs/scaling.md', import.meta.url), 'utf8');
  const [, table = ''] = text.split(/<!-- \/?failovers -->/);
  const [, , ...lines] = table.trim().split('\n');
  const cells = lines.map((line) =>
    line
      .split('|')
      .slice(1, 5)
      .map((cell) => cell.trim()),
  );
  expect(cells).toEqual(ROWS.map(rowCells));
});
