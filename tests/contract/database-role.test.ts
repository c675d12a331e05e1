import { afterAll, beforeAll, expect, test } from '@jest/globals';
import pg from 'pg';
import { createAuditLines } from '../../adapters/db/audit-lines.ts';
import { createSealedAudit } from '../../adapters/db/audit-seals.ts';
import { type Database, openDatabase } from '../../adapters/db/database.ts';
import { MIGRATIONS, migrate } from '../../adapters/db/migrate.ts';
import { createStorage } from '../../adapters/db/storage.ts';
import { createCheckpointKey } from '../../src/audit/checkpoint-key.ts';
import { sealLines } from '../../src/audit/sealing.ts';
import { verifyAudit } from '../../src/audit/verification.ts';
import { testVault } from '../support/accounts/sample-accounts.ts';
import { describeWith } from '../support/jest/services.ts';
import { emptyDatabase, type TestDatabase, testDatabase } from '../support/storage/database.ts';

/** Users of a server are of all its databases: these are made for one test and go with it. */
const USER = `mire_test_user_${process.pid}`;
const as = (url: string) => Object.assign(new URL(url), { username: USER, password: 'x' }).href;

describeWith('postgres', "the service's own database user", () => {
  let ground: TestDatabase;
  let service: Database;
  const key = createCheckpointKey(testVault);
  beforeAll(async () => {
    ground = await testDatabase('postgres');
    await ground.database.raw(`create user ${USER} password 'x' in role mire_service`);
    service = openDatabase({ url: as(ground.url), pool: 2, singleSession: false });
  });
  afterAll(async () => {
    await service.destroy();
    await ground.database.raw(`drop owned by ${USER}; drop user ${USER}`);
    await ground.stop();
  });

  test('writes accounts and audit lines, seals them, makes months, reads everything', async () => {
    const storage = createStorage(service, testVault);
    await storage.transaction(async (tx) => {
      await tx.accounts.insert({ id: crypto.randomUUID(), familyName: 'Durand', givenName: 'Marie' });
      await tx.audit.write({ event: 'account.created', address: '203.0.113.9' });
    });
    const audit = createSealedAudit(service);
    expect(await audit.round(sealLines(key))).toBe(1);
    await audit.makeMonths();
    expect(await verifyAudit(createAuditLines(service), key)).toMatchObject({ ok: true, sealed: 1 });
    await service.migrate.list(MIGRATIONS);
  });

  test.each([
    "update audit set event = 'x'",
    'delete from audit',
    'truncate audit',
    'drop table audit',
    "update audit_seals set hash = ''",
    'delete from audit_seals',
    'delete from audit_retirements',
    'delete from audit_sealer',
    'alter table audit disable trigger all',
    'create table mine (x int)',
    "insert into audit_default (event) values ('x')",
    "do $$ begin execute (select format('update %s set event = 1', inhrelid::regclass) from pg_inherits where inhparent = 'audit'::regclass limit 1); end $$",
  ])('may not: %s', async (sql) => {
    await expect(service.raw(sql.replaceAll('?', '\\?'))).rejects.toThrow(
      /permission denied|must be owner|never changed nor deleted/,
    );
  });

  test('where the migrating user may create no role, the migrations run and it is said', async () => {
    const empty = await emptyDatabase('postgres');
    const said: string[] = [];
    const client = new pg.Client({ connectionString: empty.url });
    await client.connect();
    try {
      // The role is there already on this server: what is missing is the right to make it, in a name of its own.
      await migrate(empty.database, empty.url, false);
      const { rows } = await client.query<{ source: string }>(
        "select pg_get_functiondef('mire_grants'::regproc) as source",
      );
      await client.query((rows[0]?.source ?? '').replaceAll('mire_service', `${USER}_other`));
      await client.query(`grant execute on function mire_grants() to ${USER}`);
      const poor = openDatabase({ url: as(empty.url), pool: 1, singleSession: false });
      const answer = await poor.raw<{ rows: { problem: string }[] }>('select mire_grants() as problem');
      said.push(answer.rows[0]?.problem ?? '');
      await poor.destroy();
    } finally {
      // What it was allowed here would keep it from being dropped.
      await client.query(`drop owned by ${USER}`);
      await client.end();
      await empty.stop();
    }
    expect(said).toEqual([expect.stringMatching(/is missing, and this database user may not create it/)]);
  });
});
