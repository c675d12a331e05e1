import { expect, test } from '@jest/globals';
import { schemaDigest } from '../support/storage/schema-digest.ts';

test('a schema that was kept in one month had too few months of the audit in the next', () => {
  const [november, later, december] = ['2026-11-01', '2026-11-30', '2026-12-01'].map((day) =>
    schemaDigest(new Date(day)),
  );
  expect(later).toBe(november);
  expect(december).not.toBe(november);
});
