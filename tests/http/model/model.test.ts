import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { RunningMire } from '../../support/mire.ts';
import { startGround } from '../../support/model/ground.ts';
import { inWords } from '../../support/model/reach.ts';
import { openDesk, stepsOf, walkSequences } from '../../support/model/sequences.ts';

const number = (name: string) => (process.env[name] === undefined ? undefined : Number(process.env[name]));

describe('two people and an intruder', () => {
  let mire: RunningMire;
  beforeAll(async () => {
    mire = await startGround();
    await openDesk(mire);
  });
  afterAll(() => mire?.close());

  test('no sequence of what they may do breaks a promise', async () => {
    const sequences = number('MODEL_SEQUENCES') ?? 200;
    const reach = await walkSequences(mire, {
      sequences,
      longest: 20,
      seed: number('MODEL_SEED'),
      path: process.env.MODEL_PATH,
      replay: process.env.MODEL_REPLAY,
    });
    if (process.env.MODEL_STATS) process.stderr.write(`${inWords(reach)}\n`);
    expect(stepsOf(reach)).toBeGreaterThan(sequences);
  });
});
