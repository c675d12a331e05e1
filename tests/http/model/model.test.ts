import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { RunningMire } from '../../support/mire.ts';
import { startGround } from '../../support/model/ground.ts';
import { inWords } from '../../support/model/reach.ts';
import { openDesk, stepsOf, walkSequences } from '../../support/model/sequences.ts';

/** The same sequences for everybody, so that a change is judged by what it changes; at length others are drawn each time. */
const EVERYDAY = 20_261_130;

const { env } = process;
/** A safety net, also on a machine that has much else to do. */
const WITHIN = 20 * 60 * 1000;
const number = (name: string) => (env[name] === undefined ? undefined : Number(env[name]));

describe('two people and an intruder', () => {
  let mire: RunningMire;
  beforeAll(async () => {
    mire = await startGround();
    await openDesk(mire);
  });
  afterAll(() => mire?.close());

  /** MODEL_SEED alone draws others; with MODEL_PATH and MODEL_REPLAY it walks a sequence that failed again, as the failure says. */
  test(
    'no sequence of what they may do breaks a promise',
    async () => {
      const sequences = number('MODEL_SEQUENCES') ?? 200;
      const reach = await walkSequences(mire, {
        sequences,
        longest: 30,
        seed: number('MODEL_SEED') ?? EVERYDAY,
        path: env.MODEL_PATH,
        replay: env.MODEL_REPLAY,
        within: number('MODEL_WITHIN'),
        focus: env.MODEL_FOCUS ? JSON.parse(env.MODEL_FOCUS) : undefined,
      });
      if (env.MODEL_STATS) process.stderr.write(`${inWords(reach)}\n`);
      expect(stepsOf(reach)).toBeGreaterThan(sequences);
    },
    WITHIN,
  );
});
