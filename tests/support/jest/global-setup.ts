import { randomBytes } from 'node:crypto';
import { openDatabase } from '../../../adapters/db/database.ts';
import { migrate } from '../../../adapters/db/migrate.ts';
import {
  ADMIN_VARIABLE,
  createDatabase,
  DATABASES,
  databaseUrl,
  dropAll,
  findPostgres,
  PREFIX_VARIABLE,
  sweepDatabases,
  templateName,
} from '../storage/postgres.ts';
import { answers, redisUrl } from '../storage/redis-url.ts';
import { binary, SERVICES_VARIABLE } from './binaries.ts';
import { makeRunFolder, RUN_FOLDER, runName } from './left-behind.ts';

const PROGRAMS = [
  'chromium',
  'nginx',
  'haproxy',
  'openssl',
  'slapd',
  'samba',
  'postfix',
  'spamassassin',
  'dovecot',
  'promtool',
  'postgres-server',
  'redis-server',
] as const;
const SERVICES = [...PROGRAMS, 'postgres', 'redis'] as const;

/** Looks for the real services, and migrates one template that every test database is copied from. */
export default async function globalSetup(): Promise<void> {
  // Everything temporary of this run, its workers and their servers.
  process.env[RUN_FOLDER] = makeRunFolder();
  process.env.TMPDIR = process.env[RUN_FOLDER];
  // `none`: how a machine with nothing installed behaves, tried on one that has everything.
  const found = process.env[SERVICES_VARIABLE] === 'none' ? [] : await findServices();
  process.env[SERVICES_VARIABLE] = found.join(',');
  const missing = SERVICES.filter((name) => !found.includes(name));
  if (missing.length > 0 && !process.env.CI) {
    process.stderr.write(`Not here, so the tests that need them are skipped: ${missing.join(', ')}\n`);
  }
}

async function findServices(): Promise<string[]> {
  const found: string[] = [];
  for (const name of PROGRAMS) {
    if (binary(name)) found.push(name);
  }
  if (await answers(redisUrl)) found.push('redis');
  const admin = await findPostgres(process.env.TEST_DATABASE_URL);
  if (admin) {
    found.push('postgres');
    await sweepDatabases(admin);
    // Two runs may share a process: one after the other, while a test starts another jest.
    const prefix = `${DATABASES}${runName()}_${randomBytes(3).toString('hex')}_`;
    process.env[ADMIN_VARIABLE] = admin;
    process.env[PREFIX_VARIABLE] = prefix;
    await makeTemplate(admin, prefix);
  }
  return found;
}

async function makeTemplate(admin: string, prefix: string): Promise<void> {
  const url = databaseUrl(admin, templateName(prefix));
  await createDatabase(admin, templateName(prefix));
  const database = openDatabase({ url, pool: 2, singleSession: false });
  try {
    await migrate(database, url, false);
  } catch (error) {
    await database.destroy();
    await dropAll(admin, prefix);
    throw error;
  }
  await database.destroy();
}
