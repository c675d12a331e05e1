import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';

const ROOT = join(import.meta.dirname, '../..');
const FIXTURE = 'tests/support/jest/fixtures/waits-in-vain.ts';
const SUPPORT = `${ROOT}/tests/support/jest`;

const CONFIG = {
  rootDir: ROOT,
  testMatch: [`<rootDir>/${FIXTURE}`],
  testEnvironment: `${SUPPORT}/native-environment.ts`,
  runtime: `${SUPPORT}/native-runtime.ts`,
  extensionsToTreatAsEsm: ['.ts'],
  transform: {},
  injectGlobals: false,
};

interface Told {
  readonly title: string;
  readonly status: string;
  readonly failureMessages: readonly string[];
}

describe('a test whose helper waits in vain', () => {
  let told: readonly Told[] = [];
  beforeAll(async () => {
    const args = ['node_modules/jest/bin/jest.js', '--json', '--runInBand', '--config', JSON.stringify(CONFIG)];
    const json = await new Promise<string>((resolve) => {
      // It ends with 1, as it must: the words are what counts.
      execFile(process.execPath, args, { cwd: ROOT }, (_error, out) => resolve(out));
    });
    told = (JSON.parse(json) as { testResults: { assertionResults: Told[] }[] }).testResults[0]?.assertionResults ?? [];
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
