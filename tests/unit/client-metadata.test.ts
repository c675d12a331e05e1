import { expect, test } from '@jest/globals';
import { isSandboxClient, policyOf, purposeOf } from '../../src/clients/metadata.ts';

test.each([
  ['ror', 'eidas1', 'eidas1'],
  ['ror', undefined, 'eidas2'],
  ['ror', 'eidas9', 'eidas2'],
  ['ror', 'eidas3', 'eidas3'],
  ['messagerie', 'eidas1', 'eidas2'],
  ['messagerie', 'eidas3', 'eidas3'],
])(
  '%s with minimum_acr %s requires %s: the secure mail never accepts a password alone',
  (clientId, stored, required) => {
    expect(policyOf({ clientId, minimum_acr: stored }).minimumAcr).toBe(required);
  },
);

test('an application is tried out until an administrator approved it; one that nobody submitted is no sandbox client', () => {
  const stages = ['sandbox', 'submitted', 'production', undefined].map((stage) =>
    isSandboxClient({ clientId: 'a', stage }),
  );
  expect(stages).toEqual([true, true, false, false]);
});

test('a purpose that cannot be read is none', () => {
  expect(purposeOf({ clientId: 'a', purpose: { email: 42 } })).toEqual({});
});
