import { writeFileSync } from 'node:fs';
import { afterAll, test } from '@jest/globals';
import { expectSurvived } from '../support/fault/redis-expectations.ts';
import { drillRedisRow, type Measured } from '../support/fault/redis-measure.ts';
import { redisTable } from '../support/fault/redis-report.ts';
import { nameOf, REDIS_ROWS } from '../support/fault/redis-rows.ts';
import { describeWith } from '../support/jest/services.ts';

const ONLY = process.env.DRILL_ONLY;

describeWith('redis-server', 'people sign in all the while, and', () => {
  const measured: Measured[] = [];
  afterAll(() => {
    // The table of docs/scaling.md.
    process.stdout.write(`\n${redisTable(REDIS_ROWS, measured)}\n`);
    if (process.env.DRILL_REPORT) writeFileSync(process.env.DRILL_REPORT, JSON.stringify(measured, null, 2));
  });

  test.each(
    REDIS_ROWS.map((row) => ({ name: nameOf(row), row })).filter(({ name }) => !ONLY || new RegExp(ONLY).test(name)),
  )(
    '$name',
    async ({ row }) => {
      const seen = await drillRedisRow(row);
      measured.push(seen);
      expectSurvived(row, seen);
    },
    240_000,
  );
});
