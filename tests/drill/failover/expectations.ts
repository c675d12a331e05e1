import { expect } from '@jest/globals';
import type { Measured } from './measure.ts';
import type { Row } from './rows.ts';

/** Seconds. */
const OUTAGE = 10;
const SEALED = 60;

/** What every row must hold; an asynchronous standby may have missed the last second. */
export function expectSurvived(row: Row, measured: Measured): void {
  const { lost, unmailed, twice, auditDefects, outage, sealedAfter, staleFor, signIns } = measured;
  expect(signIns).toBeGreaterThan(10);
  if (row.replication === 'sync')
    expect({ lost, unmailed, auditDefects }).toEqual({ lost: [], unmailed: [], auditDefects: [] });
  expect({ twice, outage: outage > OUTAGE ? outage : 'short', stale: staleFor > OUTAGE ? staleFor : 'short' }).toEqual({
    twice: [],
    outage: 'short',
    stale: 'short',
  });
  expect(sealedAfter).toBeLessThan(SEALED);
}
