import { expect } from '@jest/globals';
import type { Measured } from './measure.ts';
import type { Row } from './rows.ts';

/** Seconds: without a sign-in, and with the answer of a server of the past. A machine that is busy with others needs more. */
export const QUIET = 10;
export const BUSY = 60;
const SEALED = 60;
/** Milliseconds: 10 at most where rows held, 38 where one of 4 s took 18, 128 where 40 s passed and nothing had failed. */
const STARVED = 20;

/**
 * What every row must hold; an asynchronous standby may have missed the last second. A code that was handed over in the
 * very moment may come again, the same and under the same Message-ID: it is told in the table, and breaks nothing.
 */
export function expectSurvived(row: Row, measured: Measured, within: number): void {
  const { lost, unmailed, auditDefects, outage, sealedAfter, staleFor, signIns, load, starved } = measured;
  expect(signIns).toBeGreaterThan(10);
  if (row.replication === 'sync')
    expect({ lost, unmailed, auditDefects }).toEqual({ lost: [], unmailed: [], auditDefects: [] });
  const soon = (seconds: number) => (seconds > within ? seconds : 'soon');
  // Told beside a row that fails, and judges nothing.
  const machine = starved > STARVED ? `busy with others, at a load of ${load}: measure this row again` : 'free';
  expect({ outage: soon(outage), stale: soon(staleFor), machine }).toEqual({ outage: 'soon', stale: 'soon', machine });
  expect(sealedAfter).toBeLessThan(SEALED);
}
