import { afterAll, beforeAll, describe } from '@jest/globals';
import { createStorage } from '../../../adapters/db/storage.ts';
import type { Storage } from '../../../src/storage.ts';
import { testVault } from '../accounts/sample-accounts.ts';
import { describeWith } from '../jest/services.ts';
import { type DatabaseKind, type TestDatabase, testDatabase } from './database.ts';

export interface Ground {
  readonly storage: Storage;
  readonly database: TestDatabase['database'];
}

/** The same rules on PostgreSQL and on PGlite: both are run in earnest, one in production and one in the sandbox. */
export function onEachDatabase(name: string, body: (ground: () => Ground) => void): void {
  const onOne = (kind: DatabaseKind) => () => {
    let started: TestDatabase | undefined;
    beforeAll(async () => {
      started = await testDatabase(kind);
    });
    afterAll(() => started?.stop());
    body(() => {
      if (!started) throw new Error('the database has not started');
      return { storage: createStorage(started.database, testVault), database: started.database };
    });
  };
  describeWith('postgres', `${name}, on PostgreSQL`, onOne('postgres'));
  describe(`${name}, on PGlite`, onOne('pglite'));
}
