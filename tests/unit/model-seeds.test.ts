import { expect, test } from '@jest/globals';
import { fits } from '../support/model/seeded-copy.ts';
import { SEEDS } from '../support/model/seeds.ts';

test('every defect that the model must find can still be put back into the code as it is', () => {
  expect(SEEDS.length).toBeGreaterThan(8);
  for (const seed of SEEDS) fits(seed);
});
