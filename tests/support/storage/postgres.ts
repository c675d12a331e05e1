import pg from 'pg';
import { isLeftBehind } from '../jest/left-behind.ts';

/** The names of this run's databases all begin with it, so that teardown drops these and no others. */
export const PREFIX_VARIABLE = 'MIRE_TEST_PREFIX';
/** The URL of the server's own database, with the right to create others. */
export const ADMIN_VARIABLE = 'MIRE_TEST_ADMIN_URL';

/** Every database of every run. */
export const DATABASES = 'mire_test_';

const CANDIDATES = [
  'postgres://postgres@127.0.0.1:5432/postgres',
  'postgres://root@127.0.0.1:5432/postgres',
  'postgres://postgres@localhost/postgres?host=/var/run/postgresql',
  'postgres://root@localhost/postgres?host=/var/run/postgresql',
];

export async function withClient<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2000 });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

const mayCreate = (url: string): Promise<boolean> =>
  withClient(url, async (client) => {
    const { rows } = await client.query(
      'select rolcreatedb or rolsuper as may from pg_roles where rolname = current_user',
    );
    return rows[0]?.may === true;
  });

/** @returns a URL with the right to create databases; what TEST_DATABASE_URL names must answer, the rest may not. */
export async function findPostgres(given: string | undefined): Promise<string | undefined> {
  if (given) {
    if (await mayCreate(given)) return given;
    throw new Error('the user of TEST_DATABASE_URL may not create databases');
  }
  for (const url of CANDIDATES) {
    const answered = await mayCreate(url).catch(() => false);
    if (answered) return url;
  }
  return undefined;
}

export function databaseUrl(admin: string, name: string): string {
  const url = new URL(admin);
  url.pathname = `/${name}`;
  return url.href;
}

export const templateName = (prefix: string): string => `${prefix}template`;

export const createDatabase = (admin: string, name: string, template?: string): Promise<void> =>
  withClient(admin, async (client) => {
    await client.query(`create database "${name}"${template ? ` template "${template}"` : ''}`);
  });

export const dropDatabase = (admin: string, name: string): Promise<void> =>
  withClient(admin, async (client) => {
    await client.query(`drop database if exists "${name}" with (force)`);
  });

/** Nobody's data, on a server that nobody kills: a commit need not wait for the disk. */
export const neglectDisk = (admin: string, name: string): Promise<void> =>
  withClient(admin, async (client) => {
    await client.query(`alter database "${name}" set synchronous_commit to off`);
  });

let dropping: Promise<unknown> = Promise.resolve();

/**
 * Drops a database one day, after those before it: a server that writes to its disk in earnest makes a checkpoint at
 * each, and no test waits for that. What is not dropped when its worker ends goes with the run (`dropAll`).
 */
export function dropLater(admin: string, name: string): void {
  const drop = () => dropDatabase(admin, name);
  dropping = dropping.then(drop, drop);
  // What could not be dropped now is tried again when the run ends.
  dropping.catch(() => undefined);
}

const databasesOf = (admin: string, prefix: string): Promise<string[]> =>
  withClient(admin, async (client) => {
    const { rows } = await client.query('select datname from pg_database where starts_with(datname, $1)', [prefix]);
    return rows.map((row) => String(row.datname));
  });

export async function dropAll(admin: string, prefix: string): Promise<void> {
  for (const name of await databasesOf(admin, prefix)) await dropDatabase(admin, name);
}

/** Drops what runs that were killed left, never another run's. */
export async function sweepDatabases(admin: string): Promise<void> {
  for (const name of await databasesOf(admin, DATABASES))
    if (isLeftBehind(name.slice(DATABASES.length))) await dropDatabase(admin, name);
}
