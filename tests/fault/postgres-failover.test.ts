import { expect, test } from '@jest/globals';
import { BUSY, expectSurvived } from '../drill/failover/expectations.ts';
import { drillRow } from '../drill/failover/measure.ts';
import { nameOf, ROWS } from '../drill/failover/rows.ts';
import { describeWith } from '../support/jest/services.ts';

/** Two rows of the drill, in short: `npm run test:fault` does all of them. */
const SHORT = [
  'PostgreSQL demoted: read-only, connections kept, sync, direct',
  'PostgreSQL silent, connections kept, sync, direct',
];
const PACE = { perSecond: 3, before: 3000, decidesAfter: 1500, after: 9000 };

describeWith('postgres-server', 'people sign in all the while, and', () => {
  test.each(SHORT)('%s', async (name) => {
    const row = ROWS.find((one) => nameOf(one) === name);
    if (!row) throw new Error(`no such row: ${name}`);
    const seen = await drillRow(row, PACE);
    expectSurvived(row, seen, BUSY);
    expect(seen.alarms).toContain('MireDatabaseMoved');
  });
});
