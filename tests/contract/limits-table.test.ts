import { expect, test } from '@jest/globals';
import { createLimits } from '../../adapters/limits/limits.ts';
import { LIMITS, type Limit, type LimitName } from '../../src/protection/limits.ts';
import { testVault } from '../support/accounts/sample-accounts.ts';
import { onEachDatabase } from '../support/storage/each-database.ts';

/** More says nothing more. */
const MOST = 12;

onEachDatabase('the table of limits, row by row', (ground) => {
  const limits = (factor = 1, quotas: Partial<Record<LimitName, number>> = {}) =>
    createLimits({ database: ground().database, vault: testVault, factor, quotas });

  test.each(Object.entries<Limit>(LIMITS))(
    '%s stops at its number, leaves other keys alone, and takes back what is given back',
    async (row, { points }) => {
      const name = row as LimitName;
      const most = Math.min(points, MOST);
      const counting = limits(1, { [name]: most });
      const [mine, yours] = [`${row}:mine`, `${row}:yours`];
      for (let used = 1; used <= most; used += 1)
        expect(await counting.take(name, mine)).toEqual({ used, left: most - used });
      const refused = { code: 'too-many-tries', detail: { limit: name, retryAfter: expect.any(Number) } };
      await expect(counting.take(name, mine)).rejects.toMatchObject(refused);
      expect(await counting.take(name, yours)).toEqual({ used: 1, left: most - 1 });
      await counting.forget(name, mine);
      await counting.take(name, mine);
      await counting.giveBack(name, mine);
      expect(await counting.take(name, mine)).toMatchObject({ used: 1 });
    },
  );

  const plain = Object.entries<Limit>(LIMITS).filter(([, { growsTo }]) => growsTo === undefined);
  test.each(plain)('%s: those that were refused do not eat what is given back', async (row, { points }) => {
    const name = row as LimitName;
    const most = Math.min(points, MOST);
    const counting = limits(1, { [name]: most });
    const key = `${row}:crowd`;
    const answers = await Promise.allSettled(Array.from({ length: most + 5 }, () => counting.take(name, key)));
    expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(most);
    await counting.giveBack(name, key, most);
    expect(await counting.take(name, key)).toMatchObject({ used: 1 });
  });

  test('RATE_LIMIT_FACTOR multiplies every number but that of a quota', async () => {
    const [doubled, plainly] = [limits(2), limits()];
    for (const [row, { points, quota }] of Object.entries<Limit>(LIMITS)) {
      const name = row as LimitName;
      const of = async (counting: ReturnType<typeof limits>) => {
        const { used, left } = await counting.take(name, `${row}:factor`);
        await counting.forget(name, `${row}:factor`);
        return used + left;
      };
      expect([row, await of(plainly)]).toEqual([row, points]);
      expect([row, await of(doubled)]).toEqual([row, quota ? points : points * 2]);
    }
  });
});
