import { expect, test } from '@jest/globals';
import { allHaveFailed, outliveSilence } from '../support/fault/silent-worker.ts';
import { describeWith } from '../support/jest/services.ts';

describeWith('postgres', 'a worker whose database is silent', () => {
  // `npm run test:fault` does the same with ten minutes, and looks at the slower rounds too.
  test('stopped for ever: it works again by itself within a minute after it', async () => {
    const { mailed, sealed, rounds } = await outliveSilence(5, allHaveFailed);
    expect(Math.max(mailed, sealed, rounds)).toBeLessThan(60);
  });
});
