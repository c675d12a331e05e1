import { afterAll, beforeAll, expect, test } from '@jest/globals';
import * as client from 'openid-client';
import { createAdapterFactory } from '../../../adapters/oidc/adapter.ts';
import { createVault } from '../../../src/protection/secrets.ts';
import { Application, CALLBACK } from '../../support/clients/application.ts';
import { catchMail, type MailCatcher } from '../../support/delivery/mail-catcher.ts';
import { Browser, type Send } from '../../support/http/browser.ts';
import { describeWith } from '../../support/jest/services.ts';
import { type OwnRedis, ownRedis } from '../../support/servers/own-redis.ts';
import {
  command,
  type Environment,
  MireProcess,
  productionEnvironment,
  type Replica,
  startReplica,
  startWorker,
} from '../../support/servers/production.ts';
import { emptyDatabase, type TestDatabase } from '../../support/storage/database.ts';

const ISSUER = 'https://mire.test';
const PERSON = { login: 'cleroy', password: 'Onze pommes sur la table 7' };
const SECRET = 'a secret of the messaging application';

/** A reverse proxy in small: each request to the next replica, with what the proxy alone may say of it. */
function roundRobin(replicas: () => readonly Replica[]): { send: Send; served: Map<number, number> } {
  const served = new Map<number, number>();
  let turn = 0;
  const send: Send = (url, init) => {
    const list = replicas();
    const { port } = list[turn++ % list.length] as Replica;
    served.set(port, (served.get(port) ?? 0) + 1);
    const headers = new Headers(init.headers);
    headers.set('x-forwarded-proto', url.protocol.slice(0, -1));
    headers.set('x-forwarded-host', url.host);
    headers.set('x-forwarded-for', '192.0.2.7');
    return fetch(`http://127.0.0.1:${port}${url.pathname}${url.search}`, { ...init, headers });
  };
  return { send, served };
}

/** One deployment in production mode, from an empty database: nothing sticks a person to a process. */
const oneDeployment = (withRedis: boolean) => () => {
  let database: TestDatabase;
  let redis: OwnRedis | undefined;
  let mail: MailCatcher;
  let environment: Environment;
  let replicas: readonly Replica[] = [];
  let processes: readonly MireProcess[] = [];
  let code = '';
  const front = roundRobin(() => replicas);
  const browser = new Browser(ISSUER, {}, front.send);

  beforeAll(async () => {
    [database, mail, redis] = await Promise.all([
      emptyDatabase('postgres'),
      catchMail(),
      withRedis ? ownRedis() : undefined,
    ]);
    environment = productionEnvironment({
      ISSUER,
      DATABASE_URL: database.url,
      MAIL_URL: mail.url,
      LOG_LEVEL: 'debug',
      ...(redis ? { REDIS_URL: redis.url } : {}),
    });
  });
  afterAll(async () => {
    await Promise.all(processes.map((one) => one.stop()));
    await Promise.all([mail.stop(), redis?.remove(), database.stop()]);
  });

  test('a web process refuses a database that is not up to date', async () => {
    const early = new MireProcess(['serve'], environment);
    expect(await early.ended()).toBe(78);
    expect(early.said).toContain('mire migrate');
  });

  test('two migrations at once: one runs them all, the other none, both succeed', async () => {
    const both = [new MireProcess(['migrate'], environment), new MireProcess(['migrate'], environment)];
    expect(await Promise.all(both.map((one) => one.ended()))).toEqual([0, 0]);
    const ran = both.flatMap(({ logs }) => logs.map((line) => (line.ran as string[] | undefined)?.length ?? 0));
    expect(ran.filter((count) => count > 0)).toHaveLength(1);
  });

  test('a journey whose every other request goes to the other process', async () => {
    const account = command(
      [
        'accounts',
        'add',
        '--family-name',
        'Leroy',
        '--given-name',
        'Claire',
        '--login',
        PERSON.login,
        '--email',
        'claire.leroy@hopital.test',
        '--email-verified',
        '--password-stdin',
      ],
      environment,
      `${PERSON.password}\n`,
    );
    const [web, worker] = await Promise.all([
      Promise.all([startReplica(environment), startReplica(environment)]),
      startWorker(environment),
      account,
      registerMessagerie(),
    ]);

    replicas = web;
    processes = [...replicas.map(({ process }) => process), worker];

    const application = await Application.discover(ISSUER, 'messagerie', SECRET, front.send);
    const started = await application.start({ scope: 'openid profile email' });
    await browser.get(started.url);
    if (!browser.current?.url.pathname.endsWith('/code-ephemere')) await browser.click('Code Éphémère');
    await browser.submit(PERSON);
    const { to, text } = await mail.next();
    expect(to).toBe('claire.leroy@hopital.test');
    code = /\b\d{6}\b/.exec(text)?.[0] ?? '';
    const terms = await browser.submit({ code });
    expect(terms.url.pathname).toMatch(/^\/interaction\//);
    const back = await browser.submit({}, '/terms');
    expect(back.url.origin + back.url.pathname).toBe(CALLBACK);

    const tokens = await started.finish(back.url);
    const claims = tokens.claims();
    expect(claims).toMatchObject({
      iss: ISSUER,
      acr: 'eidas2',
      amr: ['pwd', 'otp', 'mfa'],
      mire_mode: 'code-ephemere',
    });
    const userinfo = await client.fetchUserInfo(application.configuration, tokens.access_token, claims?.sub ?? '');
    expect(userinfo).toMatchObject({ name: 'Claire Leroy', email: 'claire.leroy@hopital.test' });
    const refreshed = await client.refreshTokenGrant(application.configuration, tokens.refresh_token ?? '');
    expect(refreshed.claims()).toMatchObject({ sub: claims?.sub, sid: claims?.sid });

    const [one = 0, other = 0] = replicas.map(({ port }) => front.served.get(port));
    expect(Math.abs(one - other)).toBeLessThanOrEqual(1);
    expect(one).toBeGreaterThan(5);
  });

  test('a process that dies takes nobody with it: the other knows the session', async () => {
    const [dead, alive] = replicas;
    dead?.process.signal('SIGKILL');
    await dead?.process.ended();
    replicas = alive ? [alive] : [];
    const application = await Application.discover(ISSUER, 'messagerie', SECRET, front.send);
    const started = await application.start({ prompt: 'none' });
    const back = await browser.get(started.url);
    expect((await started.finish(back.url)).claims()).toMatchObject({ acr: 'eidas2' });
  });

  test('nothing was logged as an error, and no password, code, secret or identifier at all', async () => {
    const logs = processes.flatMap((one) => one.logs);
    expect(logs.length).toBeGreaterThan(10);
    expect(logs.filter(({ level }) => Number(level) >= 50)).toEqual([]);
    const text = JSON.stringify(logs);
    for (const secret of [PERSON.password, SECRET, PERSON.login]) expect(text).not.toContain(secret);
    // A longer number may hold the same six digits.
    expect(text).not.toMatch(new RegExp(`\\b${code}\\b`));
  });

  async function registerMessagerie(): Promise<void> {
    const { DATA_KEYS = '', INDEX_KEY = '' } = environment;
    const clients = createAdapterFactory({
      database: database.database,
      vault: createVault(DATA_KEYS.split(','), INDEX_KEY),
      now: () => new Date(),
    })('Client');
    await clients.upsert(
      'messagerie',
      {
        client_id: 'messagerie',
        client_name: 'Messagerie sécurisée',
        client_secret: SECRET,
        redirect_uris: [CALLBACK],
        grant_types: ['authorization_code', 'refresh_token'],
        response_types: ['code'],
        token_endpoint_auth_method: 'client_secret_basic',
        scope: 'openid profile email',
        first_party: true,
      } as never,
      0,
    );
  }
};

describeWith('postgres', 'two web processes and a worker on PostgreSQL alone', oneDeployment(false));
describeWith('redis-server', 'two web processes and a worker with Redis', oneDeployment(true));
