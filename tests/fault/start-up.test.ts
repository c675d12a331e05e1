import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Application } from '../support/clients/application.ts';
import { Browser } from '../support/http/browser.ts';
import { describeWith } from '../support/jest/services.ts';
import { freePort } from '../support/mire.ts';
import { typedCommand } from '../support/mire-command.ts';
import { ownRedis } from '../support/servers/own-redis.ts';
import { ownDirectory } from '../support/servers/own-server.ts';
import { type Environment, MireProcess, productionEnvironment } from '../support/servers/production.ts';
import { signInByPassword } from '../support/sign-in/journeys.ts';
import { emptyDatabase, testDatabase } from '../support/storage/database.ts';

/** Wrong settings, in the words of sysexits.h: a platform that reads them does not try for ever. */
const EX_CONFIG = 78;
const STACK = /\n\s+at /;

describeWith('postgres', 'production does not start', () => {
  const environment = (settings: Environment) =>
    productionEnvironment({ ISSUER: 'https://mire.mire.test', ...settings });

  describeWith('redis-server', 'on a Redis', () => {
    test.each([
      [{ appendonly: 'no', 'maxmemory-policy': 'noeviction' }, ['appendonly is no, it must be yes']],
      [
        { appendonly: 'yes', 'maxmemory-policy': 'allkeys-lru' },
        ['maxmemory-policy is allkeys-lru, it must be noeviction'],
      ],
      [
        { appendonly: 'no', 'maxmemory-policy': 'volatile-lru' },
        ['appendonly is no', 'maxmemory-policy is volatile-lru'],
      ],
    ])('that forgets or evicts: %j, and says so', async (settings, sentences) => {
      const redis = await ownRedis(settings);
      const database = await testDatabase('postgres');
      try {
        const refuses = async (role: string) => {
          const started = new MireProcess([role], environment({ DATABASE_URL: database.url, REDIS_URL: redis.url }));
          expect([role, await started.ended()]).toEqual([role, EX_CONFIG]);
          for (const sentence of ['REDIS_URL', ...sentences]) expect(started.said).toContain(sentence);
          expect(started.said).not.toMatch(STACK);
        };
        await Promise.all([refuses('serve'), refuses('work')]);
      } finally {
        await database.stop();
        await redis.remove();
      }
    });
  });

  test('on a database that is not up to date, and names what is missing', async () => {
    const database = await emptyDatabase('postgres');
    const started = new MireProcess(['serve'], environment({ DATABASE_URL: database.url }));
    expect(await started.ended()).toBe(EX_CONFIG);
    expect(started.said).toMatch(/mire migrate.*_accounts\.ts/);
    expect(started.said).not.toMatch(STACK);
    await database.stop();
  });

  test('with what belongs to the sandbox, each named, all at once', async () => {
    const wrong = {
      ISSUER: 'http://localhost:3000',
      MAIL_URL: '',
      SMS_URL: '',
      COOKIE_KEYS: 'short',
      RATE_LIMIT_FACTOR: '20',
      ARGON2_MEMORY: '64',
      SUPPORT_URL: 'https://support.example.org/',
    };
    const started = new MireProcess(['serve'], productionEnvironment(wrong));
    expect(await started.ended()).toBe(EX_CONFIG);
    const named = started.said.split('\n').flatMap((line) => /^ {2}([A-Z0-9_]+): \S/.exec(line)?.[1] ?? []);
    expect(new Set(named)).toEqual(new Set(['DATABASE_URL', ...Object.keys(wrong)]));
    expect(started.said).not.toMatch(STACK);
    expect(started.said).not.toContain('short');
  });

  test('as a sandbox', async () => {
    const started = new MireProcess(['sandbox'], environment({ DATABASE_URL: 'postgres://127.0.0.1:9/none' }));
    expect(await started.ended()).toBe(EX_CONFIG);
    expect(started.said).toMatch(/^MIRE_ENV: /);
  });
});

describeWith('postgres', 'five migrations at once, of an empty database,', () => {
  test('all succeed, and one did the work', async () => {
    const database = await emptyDatabase('postgres');
    const environment = productionEnvironment({ ISSUER: 'https://mire.mire.test', DATABASE_URL: database.url });
    const processes = Array.from({ length: 5 }, () => new MireProcess(['migrate'], environment));
    expect(await Promise.all(processes.map((one) => one.ended()))).toEqual([0, 0, 0, 0, 0]);
    const outcomes = processes.flatMap(({ logs }) => logs.map(({ msg }) => msg)).sort();
    expect(outcomes).toEqual(['migrated', ...Array.from({ length: 4 }, () => 'nothing to migrate')]);
    await database.stop();
  });
});

describe('npm start', () => {
  let directory: Awaited<ReturnType<typeof ownDirectory>>;
  let environment: Environment;
  let issuer: string;
  const running: MireProcess[] = [];
  const start = async () => {
    const started = new MireProcess(['sandbox'], environment);
    running.push(started);
    await started.says('Mire is ready');
    return started;
  };
  const show = async () =>
    JSON.parse((await typedCommand(['accounts', 'show', 'mdurand'], environment)).out) as {
      login?: string;
      sessions?: unknown[];
    };

  beforeAll(async () => {
    directory = await ownDirectory();
    const port = String(await freePort());
    issuer = `http://localhost:${port}`;
    environment = { DATA_DIR: directory.path, PORT: port, ARGON2_MEMORY: '64', ARGON2_PASSES: '1' };
  });
  afterAll(async () => {
    for (const one of running) {
      one.signal('SIGKILL');
      await one.ended();
    }
    await directory.remove();
  });

  test('a second one on the same data refuses with one sentence; commands work beside it and after it; a restart keeps people signed in', async () => {
    const first = await start();
    expect(first.said).toContain(issuer);
    expect(first.said).not.toMatch(/oidc-provider (?:NOTICE|WARNING)|Warning:/);

    const second = new MireProcess(['sandbox'], { ...environment, PORT: String(await freePort()) });
    expect(await second.ended()).toBe(1);
    expect(second.said.trim().split('\n')).toHaveLength(1);

    const browser = new Browser(issuer);
    const ror = await Application.discover(issuer, 'ror');
    const asked = await ror.start();
    await asked.finish((await signInByPassword(browser, asked.url)).url);
    expect(await show()).toMatchObject({ login: 'mdurand', sessions: [{ mode: 'login-mdp' }] });

    expect(await first.stop()).toBe(0);
    expect(first.said).not.toMatch(STACK);
    expect(await show()).toMatchObject({ login: 'mdurand', sessions: [{ mode: 'login-mdp' }] });

    const again = await start();
    const silent = await ror.start({ prompt: 'none' });
    expect((await silent.finish((await browser.get(silent.url)).url)).claims()).toMatchObject({
      mire_mode: 'login-mdp',
    });

    // As when the machine is switched off: the lock of the dead does not keep the next one out.
    again.signal('SIGKILL');
    await again.ended();
    await start();
    const third = await ror.start({ prompt: 'none' });
    expect((await third.finish((await browser.get(third.url)).url)).claims()).toMatchObject({ mire_mode: 'login-mdp' });
  });
});
