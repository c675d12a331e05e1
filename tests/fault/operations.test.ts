import { randomBytes, randomUUID } from 'node:crypto';
import { appendFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import * as client from 'openid-client';
import { Application } from '../support/clients/application.ts';
import { Browser, type Send } from '../support/http/browser.ts';
import { describeWith } from '../support/jest/services.ts';
import { type OwnPostgres, ownPostgres } from '../support/servers/own-postgres.ts';
import { type OwnRedis, ownRedis } from '../support/servers/own-redis.ts';
import {
  command,
  type Environment,
  productionEnvironment,
  type Replica,
  startReplica,
} from '../support/servers/production.ts';
import { signInByPassword } from '../support/sign-in/journeys.ts';
import type { TestDatabase } from '../support/storage/database.ts';

const ISSUER = 'https://mire.test';
const RETURN = 'https://ror.test/retour';
const SECRET = 'a secret of the application of operators';
const PERSON = { login: 'cleroy', password: 'Onze pommes sur la table 7' };

/** What docs/operations.md tells an operator to type, typed. */
describeWith('postgres-server', 'an operator with docs/operations.md, on a service that runs,', () => {
  const keys = [`1:${randomBytes(32).toString('base64')}`, `2:${randomBytes(32).toString('base64')}`] as const;
  let postgres: OwnPostgres;
  let redis: OwnRedis;
  let database: TestDatabase;
  let owner: Environment;
  let service: Environment;
  let replica: Replica;
  let restored: Awaited<ReturnType<OwnPostgres['another']>> | undefined;

  beforeAll(async () => {
    [postgres, redis] = await Promise.all([
      ownPostgres((folder) => ({
        wal_level: 'replica',
        archive_mode: 'on',
        archive_timeout: '60',
        archive_command: `test ! -f ${folder}/archive/%f && cp %p ${folder}/archive/%f`,
      })),
      ownRedis(),
    ]);
    await postgres.tool('mkdir', join(postgres.folder, 'archive'));
    database = await postgres.database();
    owner = productionEnvironment({
      ISSUER,
      DATABASE_URL: database.url,
      REDIS_URL: redis.url,
      DATA_KEYS: keys[0],
      TERMS_VERSION: '1',
    });
  }, 60_000);
  afterAll(async () => {
    await replica?.process.stop();
    await restored?.server.kill();
    await database?.stop();
    await Promise.all([redis?.remove(), postgres?.remove()]);
  });

  const send: Send = (url, init) => {
    const headers = new Headers(init.headers);
    headers.set('x-forwarded-proto', 'https');
    headers.set('x-forwarded-host', url.host);
    headers.set('x-forwarded-for', '192.0.2.7');
    return fetch(`http://127.0.0.1:${replica.port}${url.pathname}${url.search}`, { ...init, headers });
  };
  const addPerson = (login: string, environment: Environment) =>
    command(
      ['accounts', 'add', '--family-name', 'Leroy', '--given-name', login, '--login', login, '--password-stdin'],
      environment,
      `${PERSON.password}\n`,
    );
  async function restart(changes: Environment = {}): Promise<void> {
    await replica?.process.stop();
    service = { ...service, ...changes };
    replica = await startReplica(service);
  }
  async function signIn(browser = new Browser(ISSUER, {}, send)) {
    const application = await Application.discover(ISSUER, 'ror', SECRET, send);
    const started = await application.start({ redirect_uri: RETURN });
    let page = await signInByPassword(browser, started.url, PERSON);
    // The first time, the terms of use.
    if (page.url.origin === ISSUER) page = await browser.submit({}, '/terms');
    const tokens = await started.finish(page.url);
    return { browser, application, tokens, kid: headerOf(tokens.id_token).kid };
  }
  const headerOf = (token = '') =>
    JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString()) as { kid: string };
  const isActive = async ({ application, tokens }: Awaited<ReturnType<typeof signIn>>) =>
    (await client.tokenIntrospection(application.configuration, tokens.access_token)).active;

  test('Database users: the service runs as a user that may not change the audit, and nobody is warned', async () => {
    await command(['migrate'], owner);
    await database.database.raw("create user mire_web password 'a password' in role mire_service");
    const url = Object.assign(new URL(database.url), { username: 'mire_web', password: 'a password' }).href;
    service = { ...owner, DATABASE_URL: url };
    await addPerson(PERSON.login, service);
    await command(
      [
        'clients',
        'add',
        'ror',
        '--redirect-uri',
        RETURN,
        '--first-party',
        '--minimum-acr',
        'eidas1',
        '--secret-stdin',
      ].concat(['--grant-type', 'authorization_code', 'refresh_token', '--scope', 'openid profile email']),
      service,
      `${SECRET}\n`,
    );
    await restart();
    expect(replica.process.logs.filter(({ msg }) => msg?.includes('may change the audit'))).toEqual([]);
    expect((await signIn()).tokens.claims()).toMatchObject({ acr: 'eidas1' });
    await expect(database.database.raw('set role mire_web; delete from audit')).rejects.toThrow('permission denied');
    await database.database.raw('reset role');
  }, 120_000);

  test('A leaked data key: rewrap and rotate while people sign in; then the old key is of no use any more', async () => {
    await restart({ DATA_KEYS: keys.toReversed().join(',') });
    const before = await signIn();
    const rewrapped = JSON.parse(await command(['keys', 'rewrap'], service)) as {
      version: number;
      columns: { column: string; rewrapped: number }[];
    };
    expect(rewrapped.version).toBe(2);
    expect(rewrapped.columns.find(({ column }) => column === 'clients.payload')?.rewrapped).toBe(1);
    await command(['keys', 'rotate', '--now'], service);
    // Every process takes the new keys over by itself.
    await replica.process.logged('the signing keys changed');
    const after = await signIn();
    expect(after.kid).not.toBe(before.kid);
    expect(await isActive(before)).toBe(true);
    await restart({ DATA_KEYS: keys[1] });
    await redis.flush();
    expect((await signIn()).kid).toBe(after.kid);
    expect(await command(['audit', 'verify'], service)).toContain('"ok": true');
  }, 180_000);

  test('redis-cli flushall: people sign in again; what was revoked stays so', async () => {
    const one = await signIn();
    const other = await signIn();
    await client.tokenRevocation(one.application.configuration, one.tokens.refresh_token ?? '');
    await redis.flush();
    expect([await isActive(one), await isActive(other)]).toEqual([false, false]);
    for (const { application, tokens } of [one, other])
      await expect(
        client.refreshTokenGrant(application.configuration, tokens.refresh_token ?? ''),
      ).rejects.toMatchObject({ error: 'invalid_grant' });
    expect((await other.browser.get(`${ISSUER}/`)).body).not.toContain('Leroy');
    expect((await signIn(other.browser)).tokens.claims()).toMatchObject({ acr: 'eidas1' });
  }, 60_000);

  test('Point-in-time restore: everything up to the moment, nothing after it, and the audit is whole', async () => {
    const backup = join(postgres.folder, 'backup');
    await postgres.tool(
      'pg_basebackup',
      '-d',
      postgres.url,
      '-D',
      backup,
      '--checkpoint=fast',
      '--wal-method=stream',
      '--format=tar',
      '--gzip',
    );
    await addPerson('avant', service);
    const { rows } = await database.database.raw<{ rows: { moment: string }[] }>('select now()::text as moment');
    await addPerson('apres', service);
    // What archive_timeout does within a minute.
    const { rows: ended } = await database.database.raw<{ rows: { file: string }[] }>(
      'select pg_walfile_name(pg_switch_wal()) as file',
    );
    const archive = join(postgres.folder, 'archive');
    while (!(await readdir(archive)).includes(ended[0]?.file ?? ''))
      await new Promise((resolve) => setTimeout(resolve, 100));

    const data = join(postgres.folder, `restored-${randomUUID()}`);
    await postgres.tool('mkdir', '-m', '700', data);
    await postgres.tool('tar', '-xzf', join(backup, 'base.tar.gz'), '-C', data);
    await postgres.tool('tar', '-xzf', join(backup, 'pg_wal.tar.gz'), '-C', join(data, 'pg_wal'));
    await appendFile(
      join(data, 'postgresql.conf'),
      `restore_command = 'cp ${archive}/%f %p'
recovery_target_time = '${rows[0]?.moment}'
recovery_target_action = 'promote'
`,
    );
    await postgres.tool('touch', join(data, 'recovery.signal'));
    restored = await postgres.another(data);
    await restored.server.start();
    const url = Object.assign(new URL(database.url), { port: new URL(restored.url).port }).href;
    const there = { ...owner, DATABASE_URL: url, DATA_KEYS: keys[1] };
    expect(await command(['accounts', 'show', 'avant'], there)).toContain('"login": "avant"');
    await expect(command(['accounts', 'show', 'apres'], there)).rejects.toThrow('No account');
    expect(await command(['audit', 'verify'], there)).toContain('"ok": true');
  }, 120_000);
});
