import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { openDatabase } from '../../adapters/db/database.ts';
import { migrate } from '../../adapters/db/migrate.ts';
import { PostgresPair } from '../drill/failover/postgres-pair.ts';
import { describeWith } from '../support/jest/services.ts';
import { commandIn } from '../support/mire-command.ts';
import { type Environment, MireProcess, productionEnvironment } from '../support/servers/production.ts';
import { databaseUrl } from '../support/storage/postgres.ts';

describeWith('postgres-server', 'a server that takes no writes', () => {
  let pair: PostgresPair;
  beforeAll(async () => {
    pair = await PostgresPair.start('async', false);
    const url = databaseUrl(pair.primaryUrl, 'mire');
    const database = openDatabase({ url, pool: 2, singleSession: false });
    await migrate(database, url, false);
    await database.destroy();
  });
  afterAll(() => pair.remove());

  const environment = (url: string): Environment =>
    productionEnvironment({ ISSUER: 'https://mire.test', DATABASE_URL: url, DATABASE_PATIENCE: '10' });
  const sentence = (url: string) =>
    `${new URL(url).host} is a standby (in recovery). Mire writes, so it uses the primary only`;

  test.each(['serve', 'work'])('is refused by name when "mire %s" starts, where it is the only one', async (role) => {
    const started = new MireProcess([role], environment(databaseUrl(pair.standbyUrl, 'mire')));
    expect(await started.ended()).toBe(1);
    expect(started.said).toContain(sentence(pair.standbyUrl));
    expect(started.said).not.toMatch(/^\s+at /m);
  });

  test.each([['migrate'], ['clients', 'list']])('is refused by name by a command: %s', async (...args) => {
    const { code, err } = await commandIn(environment(databaseUrl(pair.standbyUrl, 'mire')), args);
    expect({ code, err }).toEqual({ code: 1, err: expect.stringContaining(sentence(pair.standbyUrl)) });
  });

  test('is passed over where others are named: the primary is found, in either order', async () => {
    const hosts = [pair.standbyUrl, pair.primaryUrl].map((url) => new URL(url).host);
    for (const named of [hosts, hosts.toReversed()]) {
      const url = `postgres://postgres@${named.join(',')}/mire?target_session_attrs=read-write`;
      expect(await commandIn(environment(url), ['clients', 'list'])).toMatchObject({ code: 0 });
    }
  });

  test('by its settings is refused too, and every server says why when none is left', async () => {
    await pair.fence();
    const named = [pair.primaryUrl, pair.standbyUrl].map((url) => new URL(url).host);
    const { code, err } = await commandIn(environment(`postgres://postgres@${named.join(',')}/mire`), [
      'clients',
      'list',
    ]);
    expect(code).toBe(1);
    expect(err).toContain('No server of DATABASE_URL can be used.');
    expect(err).toContain(`${named[0]} takes no writes`);
    expect(err).toContain(sentence(pair.standbyUrl));
  });
});
