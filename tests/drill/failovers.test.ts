import { writeFileSync } from 'node:fs';
import { afterAll, expect, test } from '@jest/globals';
import { describeWith } from '../support/jest/services.ts';
import { expectSurvived, QUIET } from './failover/expectations.ts';
import { drillRow, type Measured } from './failover/measure.ts';
import { failoverTable } from './failover/report.ts';
import { nameOf, ROWS } from './failover/rows.ts';

const ONLY = process.env.DRILL_ROWS;

describeWith('postgres-server', 'people sign in all the while, and', () => {
  const measured: Measured[] = [];
  afterAll(() => {
    // The table of docs/scaling.md.
    process.stdout.write(`\n${failoverTable(ROWS, measured)}\n`);
    if (process.env.DRILL_REPORT) writeFileSync(process.env.DRILL_REPORT, JSON.stringify(measured, null, 2));
  });

  test.each(ROWS.map((row) => ({ name: nameOf(row), row })).filter(({ name }) => !ONLY || new RegExp(ONLY).test(name)))(
    '$name',
    async ({ row }) => {
      const seen = await drillRow(row);
      measured.push(seen);
      expectSurvived(row, seen, QUIET);
      // Nothing was moved but connections: an alarm would say the contrary.
      if (/^(slow|none)/.test(row.fault)) expect(seen.alarms).toEqual([]);
    },
    240_000,
  );
});
