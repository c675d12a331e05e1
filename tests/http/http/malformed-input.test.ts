import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Range } from '../../attack/range.ts';
import { shots } from '../../attack/shots.ts';
import { type RunningMire, startMire } from '../../support/mire.ts';

/** The same few requests each time; `npm run test:attack` makes a hundred thousand, other ones each time. */
const [SEED, BATCHES, BATCH] = [20_261_124, 60, 20];

describe('malformed input at every endpoint and form field', () => {
  let mire: RunningMire;
  let range: Range;
  beforeAll(async () => {
    mire = await startMire({ env: { RATE_LIMIT_FACTOR: '1000', LOG_LEVEL: 'silent' } });
    range = new Range(mire.issuer);
  });
  afterAll(async () => {
    range.close();
    await mire.close();
  });

  test('where a device comes back to, without a session, is 400', async () => {
    for (const path of ['/device/authorization', '/device/x', '/device/%00']) {
      expect([path, (await fetch(mire.issuer + path)).status]).toEqual([path, 400]);
    }
  });

  test('is never a failure of ours, and shows nothing of the inside', async () => {
    const seen = new Map<number, number>();
    await fc.assert(
      fc
        .asyncProperty(fc.array(shots, { minLength: BATCH, maxLength: BATCH }), async (batch) => {
          const hits = await Promise.all(batch.map((shot) => range.fire(shot)));
          for (const { status } of hits) seen.set(status, (seen.get(status) ?? 0) + 1);
          expect(batch.flatMap((shot, index) => (hits[index]?.wrong ? [[hits[index].wrong, shot]] : []))).toEqual([]);
        })
        .beforeEach(() => range.begin()),
      { seed: SEED, numRuns: BATCHES, endOnFailure: true },
    );
    // The shots reach what they aim at: refusals of every kind, and pages.
    expect([200, 303, 400, 401, 403, 404, 405, 415, 422].filter((status) => !seen.has(status))).toEqual([]);
  });
});
