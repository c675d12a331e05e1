import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import * as client from 'openid-client';
import { rewrap } from '../../../adapters/db/rewrap.ts';
import { SEALED_COLUMNS } from '../../../adapters/db/sealed-columns.ts';
import { NATIONAL_ID } from '../../../src/accounts/account.ts';
import { createVault } from '../../../src/protection/secrets.ts';
import { parallel } from '../../support/accounts/sample-accounts.ts';
import { type RunningMire, startMire, testSecrets } from '../../support/mire.ts';
import { signedIn } from '../../support/sign-in/steps.ts';
import { type TestDatabase, testDatabase } from '../../support/storage/database.ts';

const key = () => randomBytes(32).toString('base64');

describe('a data key is replaced while the service runs', () => {
  const [one, two] = [`1:${key()}`, `2:${key()}`];
  const secrets = testSecrets();
  const start = (keys: readonly string[]) => startMire({ database, env: { ...secrets, DATA_KEYS: keys.join(',') } });
  const vaultOf = (keys: readonly string[]) => createVault(keys, secrets.INDEX_KEY);
  let database: TestDatabase;
  let mire: RunningMire;
  beforeAll(async () => {
    database = await testDatabase();
  });
  afterAll(async () => {
    await mire.close();
    await database.stop();
  });

  const versions = async () => {
    const found = new Set<number>();
    for (const { table, column } of SEALED_COLUMNS) {
      const { rows } = await database.database.raw<{ rows: { there: boolean }[] }>(
        'select exists (select 1 from information_schema.columns where table_name = :table and column_name = :column) as there',
        { table, column },
      );
      if (!rows[0]?.there) continue;
      const sealed: Record<string, Buffer>[] = await database.database(table).whereNotNull(column).select(column);
      for (const row of sealed) found.add(row[column]?.readUInt16BE(0) ?? -1);
    }
    return [...found].sort();
  };

  test('old values are sealed again, in batches, resumed where it was cut off, while people sign in', async () => {
    mire = await start([one]);
    const before = await signedIn(mire);
    await mire.close();
    expect(await versions()).toEqual([1]);

    mire = await start([two, one]);
    const during = await signedIn(mire);
    expect(await versions()).toEqual([1, 2]);
    // Cut off in the middle: the batches that ended stay done.
    let opened = 0;
    const failing = {
      ...vaultOf([two, one]),
      open: (...args: Parameters<ReturnType<typeof vaultOf>['open']>) => {
        opened += 1;
        if (opened > 7) throw new Error('cut off');
        return vaultOf([two, one]).open(...args);
      },
    };
    await expect(rewrap(database.database, failing, 2)).rejects.toThrow('cut off');
    expect(await versions()).toEqual([1, 2]);
    const [report] = await Promise.all([
      rewrap(database.database, vaultOf([two, one]), 3),
      parallel(3, () => signedIn(mire)),
    ]);
    expect(report.some(({ rewrapped }) => rewrapped > 0)).toBe(true);
    expect(await versions()).toEqual([2]);
    expect((await rewrap(database.database, vaultOf([two, one]))).every(({ rewrapped }) => rewrapped === 0)).toBe(true);
    await mire.close();

    // The old key is gone for good.
    mire = await start([two]);
    for (const { application, tokens } of [before, during]) {
      const configuration = await client.discovery(
        new URL(mire.issuer),
        'ror',
        undefined,
        client.ClientSecretBasic('ror-sandbox-secret'),
        { execute: [client.allowInsecureRequests] },
      );
      expect(application.id).toBe('ror');
      expect((await client.tokenIntrospection(configuration, tokens.refresh_token ?? '')).active).toBe(true);
    }
    const { storage } = mire.sandbox.parts;
    const account = (await storage.accounts.byLoginKey('mdurand'))?.account;
    expect(await storage.accounts.identity(account?.id ?? '', NATIONAL_ID)).toMatch(/^\d{12}$/);
    await signedIn(mire);
  });
});
