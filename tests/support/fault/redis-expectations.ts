import { expect } from '@jest/globals';
import type { Measured } from './redis-measure.ts';
import type { Row } from './redis-rows.ts';

/** Seconds. */
const OUTAGE = 10;
/** What a replica may not have received yet, and how long Sentinel takes to tell that another one is the primary. */
const LAST = 2;
/** In five minutes; while Redis is away each of the two web processes counts by itself. */
const GUESSES = 5;
const PROCESSES = 2;

/** What every row must hold. */
export function expectSurvived(row: Row, measured: Measured): void {
  const { signIns, outage, signedOut, unmailed, twice, guesses } = measured;
  expect(signIns).toBeGreaterThan(10);
  expect({ outage: outage > OUTAGE ? outage : 'short', unmailed, twice }).toEqual({
    outage: 'short',
    unmailed: [],
    twice: [],
  });
  if (row.planned) expect(signedOut.earliest).toBeLessThan(LAST);
  expect(guesses).toBeLessThanOrEqual(GUESSES * (1 + PROCESSES));
}
