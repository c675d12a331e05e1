import { beforeAll, describe, expect, test } from '@jest/globals';
import { type FixtureResult, runFixtures } from '../support/jest/run-fixtures.ts';

describe('a test whose helper waits in vain', () => {
  let told: FixtureResult['tests'] = [];
  beforeAll(async () => {
    const [result] = await runFixtures('waits-in-vain');
    told = result?.tests ?? [];
  });

  const outcome = (title: string) => {
    const { status, failureMessages = [] } = told.find((one) => one.title === title) ?? {};
    return { status, said: failureMessages.map((message) => message.split('\n')[0]) };
  };
  const taken = (words: string) =>
    `a helper of this test waited in vain, and the test took that for its result: in vain: ${words}`;

  test('does not pass for it, whether it expected a rejection or swallowed it', () => {
    expect(outcome('expects a rejection, and gets that of its helper')).toEqual({
      status: 'failed',
      said: [taken('a message')],
    });
    expect(outcome('swallows what its helper says')).toEqual({ status: 'failed', said: [taken('an answer')] });
  });

  test('says once what it waited for, where it failed of itself', () => {
    expect(outcome('fails of itself')).toEqual({
      status: 'failed',
      said: ['TestTimedOut: in vain: an answer of its own'],
    });
  });

  test('and the next one are two things', () => {
    expect(told).toHaveLength(4);
    expect(outcome('passes: nothing was waited for in vain')).toEqual({ status: 'passed', said: [] });
  });
});
