import { afterAll, beforeAll, expect, test } from '@jest/globals';
import pg from 'pg';
import { createCheckpointKey } from '../../../src/audit/checkpoint-key.ts';
import { createVault } from '../../../src/protection/secrets.ts';
import { seedAudit } from '../../load/size-audit.ts';
import { ask } from '../../load/size-ground.ts';
import { patternOf, seedModels } from '../../load/size-models.ts';
import { seedPeople } from '../../load/size-people.ts';
import { Application } from '../../support/clients/application.ts';
import { Browser } from '../../support/http/browser.ts';
import { describeWith } from '../../support/jest/services.ts';
import { type RunningMire, startMire, testSecrets } from '../../support/mire.ts';
import { signInByPassword } from '../../support/sign-in/journeys.ts';
import { NO_MAIL } from '../../support/sign-in/whole-journey.ts';
import { type TestDatabase, testDatabase } from '../../support/storage/database.ts';
import { everyStatement } from '../../support/storage/every-statement.ts';
import { readFlaws, type Sent, takeForLarge } from '../../support/storage/plans.ts';

const [ACCOUNTS, VISITS, LINES] = [2000, 500, 9000];

describeWith('postgres', 'what every statement would read among a million people', () => {
  let database: TestDatabase;
  let mire: RunningMire;
  let client: pg.Client;
  let statements: Sent[];

  beforeAll(async () => {
    database = await testDatabase('postgres');
    const { url } = database;
    const secrets = testSecrets();
    const vault = createVault([secrets.DATA_KEYS], secrets.INDEX_KEY);
    const now = new Date();
    const password = { text: 'Mire-sandbox-2026!', memory: 64, passes: 1 };
    await seedPeople({ url, vault, now, termsVersion: '2026-01', password }, 0, ACCOUNTS);
    await ask(url, `select audit_make_months(now() - interval '366 days', 3)`);
    await seedAudit({ url, vault, key: createCheckpointKey(vault), now, accounts: ACCOUNTS }, LINES);
    mire = await startMire({ database, structures: true, env: { ...secrets, MAIL_URL: NO_MAIL } });
    await signInByPassword(
      new Browser(mire.issuer),
      (await (await Application.discover(mire.issuer, 'ror')).start()).url,
    );
    const { templates } = await patternOf(url, vault);
    await seedModels({ url, vault, now, accounts: ACCOUNTS, templates }, VISITS);
    statements = (await everyStatement(mire)).all;
    client = new pg.Client({ connectionString: url });
    await client.connect();
    await takeForLarge(client);
    // Every journey there is, one after the other.
  }, 300_000);
  afterAll(async () => {
    await client?.end();
    await mire?.close();
    await database?.stop();
  });

  test('the journeys sent the statements of every table that grows', () => {
    for (const table of ['accounts', 'sign_ins', 'sessions', 'session_grants', 'oidc_models', 'audit', 'audit_seals'])
      expect([table, statements.filter(({ text }) => new RegExp(`\\b${table}\\b`).test(text)).length > 1]).toEqual([
        table,
        true,
      ]);
    expect(statements.length).toBeGreaterThan(150);
  });

  test('none reads a whole table or index, sorts a table, or looks in every month where the time is known', async () => {
    expect(await readFlaws(client, statements)).toEqual([]);
  });

  test('what goes with an account, a sign-in or a device is found by index', async () => {
    const { rows } = await client.query<{ name: string }>(`
      select c.conrelid::regclass || '.' || a.attname as name
      from pg_constraint c join pg_attribute a on a.attrelid = c.conrelid and a.attnum = c.conkey[1]
      where c.contype = 'f' and c.connamespace = 'public'::regnamespace and not exists (
        select 1 from pg_index i where i.indrelid = c.conrelid and i.indkey[0] = c.conkey[1] and (
          i.indpred is null or pg_get_expr(i.indpred, i.indrelid) = format('(%I IS NOT NULL)', a.attname)))
      order by 1`);
    // Rows of a few minutes, of a day's desktops, of what agents ask: read whole they cost less than an index.
    expect(rows.map(({ name }) => name)).toEqual([
      'desktop_requests.asked_account_id',
      'desktop_requests.device_id',
      'desktop_sessions.device_id',
      'help_desk_requests.asked_by',
    ]);
  });
});
