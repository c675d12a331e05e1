import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { RunningMire } from '../support/mire.ts';
import { startGround } from '../support/model/ground.ts';
import { MOVES } from '../support/model/moves/all.ts';
import { inWords } from '../support/model/reach.ts';
import { openDesk, stepsOf, walkSequences } from '../support/model/sequences.ts';

const STEPS = Number(process.env.MODEL_STEPS ?? 20_000);

describe('two people and an intruder, at length', () => {
  let mire: RunningMire;
  beforeAll(async () => {
    mire = await startGround();
    await openDesk(mire);
  });
  afterAll(() => mire?.close());

  test(
    `no promise breaks in ${STEPS} steps`,
    async () => {
      const reach = await walkSequences(mire, { steps: STEPS, longest: 30 });
      process.stderr.write(`${stepsOf(reach)} steps\n${inWords(reach)}\n`);
      expect(stepsOf(reach)).toBeGreaterThanOrEqual(STEPS);
      // A move that nothing ever comes of holds nothing either.
      const idle = MOVES.filter(({ name, looks }) => !looks && !reach.get(name)?.worked).map(({ name }) => name);
      expect(idle).toEqual([]);
    },
    4 * 60 * 60 * 1000,
  );
});
