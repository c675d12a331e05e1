import { setTimeout as wait } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { outliveSilence } from '../support/fault/silent-worker.ts';
import { describeWith } from '../support/jest/services.ts';

/** Seconds. */
const LASTS = Number(process.env.DRILL_SILENCE ?? 600);

describeWith('postgres', 'a worker whose database is silent', () => {
  test(
    `${LASTS} seconds: it works again by itself within a minute after it`,
    async () => {
      const recovered = await outliveSilence(60, () => wait(LASTS * 1000));
      process.stdout.write(`\nseconds after the silence: ${JSON.stringify(recovered)}\n`);
      expect(Math.max(recovered.mailed, recovered.sealed, recovered.rounds)).toBeLessThan(60);
    },
    (LASTS + 300) * 1000,
  );
});
