import { describe, expect, test } from '@jest/globals';
import { fits, walkWith } from '../support/model/seeded-copy.ts';
import { SEEDS } from '../support/model/seeds.ts';

/** Of a few steps each: see the focus of a seed. */
const SEQUENCES = 150;
/** A safety net, also on a machine that has much else to do. */
const WITHIN = 20 * 60 * 1000;

describe('a defect that is put back is found', () => {
  for (const seed of SEEDS) {
    test(
      seed.defect,
      async () => {
        fits(seed);
        const { passed, message } = await walkWith(seed, SEQUENCES);
        expect([seed.defect, passed]).toEqual([seed.defect, false]);
        const [, promise] = /Broken: ([^:]+): /.exec(message) ?? [];
        expect(seed.breaks.some((one) => one === promise) ? 'found' : message).toBe('found');
      },
      WITHIN,
    );
  }
});
