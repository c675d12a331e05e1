import { expect, test } from '@jest/globals';
import { createLimits } from '../../adapters/limits/limits.ts';
import { LIMITS } from '../../src/protection/limits.ts';
import { testVault } from '../support/accounts/sample-accounts.ts';
import { onEachDatabase } from '../support/storage/each-database.ts';

onEachDatabase('limits counted in the database', (ground) => {
  const limits = () => createLimits({ database: ground().database, vault: testVault, factor: 1 });
  const { points } = LIMITS['password-address'];

  test('of many tries at once, on any connection, exactly those over the limit are refused and told when to come back', async () => {
    const { take } = limits();
    const answers = await Promise.allSettled(
      Array.from({ length: points + 5 }, () => take('password-address', '192.0.2.2')),
    );
    const refused = answers.filter(({ status }) => status === 'rejected');
    expect(refused).toHaveLength(5);
    for (const one of refused) {
      expect(one).toMatchObject({ reason: { code: 'too-many-tries', detail: { retryAfter: expect.any(Number) } } });
    }
  });

  test('a success gives its try back, or forgets those before it', async () => {
    const { take, giveBack, forget } = limits();
    for (let index = 0; index < points; index++) await take('password-address', '192.0.2.3');
    await giveBack('password-address', '192.0.2.3');
    await take('password-address', '192.0.2.3');
    await expect(take('password-address', '192.0.2.3')).rejects.toMatchObject({ code: 'too-many-tries' });
    await forget('password-address', '192.0.2.3');
    await take('password-address', '192.0.2.3');
  });
});
