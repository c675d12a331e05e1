import { randomBytes } from 'node:crypto';
import { type Database, openDatabase } from '../../../adapters/db/database.ts';
import { type PgliteState, startTestPglite } from './pglites.ts';
import {
  ADMIN_VARIABLE,
  createDatabase,
  databaseUrl,
  dropLater,
  neglectDisk,
  PREFIX_VARIABLE,
  templateName,
} from './postgres.ts';

export type DatabaseKind = 'postgres' | 'pglite';

export interface TestDatabase {
  readonly url: string;
  readonly singleSession: boolean;
  readonly database: Database;
  stop(): Promise<void>;
}

/** What stands behind `testDatabase()` unless a test asks for one of the two. */
export const kind: DatabaseKind = process.env[ADMIN_VARIABLE] ? 'postgres' : 'pglite';

/** A migrated database of its own: a copy of the template on a real server, else PGlite in a process of its own. */
export const testDatabase = (on: DatabaseKind = kind): Promise<TestDatabase> =>
  on === 'postgres' ? onPostgres(true) : onPglite('migrated');

/** A database without any table of ours. */
export const emptyDatabase = (on: DatabaseKind = kind): Promise<TestDatabase> =>
  on === 'postgres' ? onPostgres(false) : onPglite('empty');

async function onPostgres(migrated: boolean): Promise<TestDatabase> {
  const admin = process.env[ADMIN_VARIABLE];
  const prefix = process.env[PREFIX_VARIABLE];
  if (!admin || !prefix) throw new Error('no PostgreSQL server answered; TEST_DATABASE_URL can name one');
  const name = `${prefix}${randomBytes(6).toString('hex')}`;
  await createDatabase(admin, name, migrated ? templateName(prefix) : undefined);
  await neglectDisk(admin, name);
  const url = databaseUrl(admin, name);
  const database = openDatabase({ url, pool: 4, singleSession: false });
  return {
    url,
    singleSession: false,
    database,
    async stop() {
      await database.destroy();
      dropLater(admin, name);
    },
  };
}

async function onPglite(state: PgliteState): Promise<TestDatabase> {
  const pglite = await startTestPglite(state);
  const database = openDatabase({ url: pglite.url, pool: 4, singleSession: true });
  return {
    url: pglite.url,
    singleSession: true,
    database,
    async stop() {
      await database.destroy();
      await pglite.stop();
    },
  };
}
