import { expect, test } from '@jest/globals';
import { runFixtures } from '../support/jest/run-fixtures.ts';

test('a file that breaks globals fails, by the names of what it broke, and the next one in its worker finds them whole', async () => {
  const [breaks, next] = await runFixtures('1-breaks-globals', '2-finds-them-whole');
  expect(breaks).toMatchObject({ name: '1-breaks-globals', status: 'failed', tests: [{ status: 'passed' }] });
  for (const name of [
    'Array.prototype.findLast',
    'Date.now',
    'globalThis.leftByATest',
    'globalThis.structuredClone',
    'process.env.LEFT_BY_A_TEST',
    'another working directory',
  ])
    expect(breaks?.message).toContain(`this file left ${name}`);
  expect(next).toMatchObject({ name: '2-finds-them-whole', status: 'passed', tests: [{ status: 'passed' }] });
});
