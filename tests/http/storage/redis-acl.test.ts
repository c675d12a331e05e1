import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Redis } from 'ioredis';
import * as client from 'openid-client';
import * as ours from '../../../adapters/oidc/redis-scripts.ts';
import { Application } from '../../support/clients/application.ts';
import { Browser } from '../../support/http/browser.ts';
import { describeWith } from '../../support/jest/services.ts';
import { type RunningMire, startMire } from '../../support/mire.ts';
import { type OwnRedis, ownRedis } from '../../support/servers/own-redis.ts';
import { MDURAND, signInByCode, signInByPassword } from '../../support/sign-in/journeys.ts';

const DOCS = readFileSync(new URL('../../../docs/scaling.md', import.meta.url), 'utf8');
const BULLMQ = new URL('../../../node_modules/bullmq/dist/esm/scripts/', import.meta.url);
const PASSWORD = 'un mot de passe de Redis';

/** The user that docs/scaling.md tells an operator to make, as it stands there. */
function documentedUser(): string[] {
  const [, line] = /^ {4}(ACL SETUSER mire .*)$/m.exec(DOCS) ?? [];
  if (!line) throw new Error('docs/scaling.md does not say which user Mire needs');
  return line.replace('PASSWORD', PASSWORD.replaceAll(' ', '_')).split(' ');
}

/** Every command that a script may send, in branches that no journey takes too. */
function commandsOfScripts(): string[] {
  const bullmq = readdirSync(BULLMQ).filter((file) => file.endsWith('.js'));
  const sources = [...Object.values(ours), ...bullmq.map((file) => readFileSync(new URL(file, BULLMQ), 'utf8'))];
  const names = sources.flatMap((text) =>
    [...text.matchAll(/(?:rcall|redis\.p?call)\(\s*["']([A-Za-z]+)["']/g)].map(([, name = '']) => name.toLowerCase()),
  );
  return [...new Set(names)].sort();
}

describeWith('redis-server', 'as the user of an ACL that docs/scaling.md writes down', () => {
  let redis: OwnRedis;
  let admin: Redis;
  let mire: RunningMire;
  beforeAll(async () => {
    redis = await ownRedis();
    admin = new Redis(redis.url);
    const [, , ...rules] = documentedUser();
    await admin.call('ACL', 'SETUSER', ...rules);
    const url = Object.assign(new URL(redis.url), { username: 'mire', password: PASSWORD.replaceAll(' ', '_') }).href;
    mire = await startMire({ env: { REDIS_URL: url, RATE_LIMIT_FACTOR: '1' }, jobs: true });
  });
  afterAll(async () => {
    await mire?.close();
    admin?.disconnect();
    await redis?.remove();
  });

  test('the whole service runs, and asks Redis for nothing else', async () => {
    const messagerie = await Application.discover(mire.issuer, 'messagerie');
    const started = await messagerie.start();
    const browser = new Browser(mire.issuer);
    const tokens = await started.finish((await signInByCode(mire, browser, started.url)).url);
    const renewed = await client.refreshTokenGrant(messagerie.configuration, tokens.refresh_token ?? '');
    await client.fetchUserInfo(messagerie.configuration, renewed.access_token, tokens.claims()?.sub ?? '');
    await client.tokenRevocation(messagerie.configuration, renewed.refresh_token ?? '');
    await browser.get(
      client.buildEndSessionUrl(messagerie.configuration, {
        id_token_hint: tokens.id_token ?? '',
        post_logout_redirect_uri: 'http://localhost:4000/',
      }),
    );
    await browser.submit({ logout: 'yes' }, '/logout/confirm');
    // Wrong until a wait begins, which grows: the limits write it in a way of its own.
    const ror = await Application.discover(mire.issuer, 'ror');
    for (let tries = 0; tries < 8; tries += 1) {
      const wrong = { ...MDURAND, password: 'Motdepasse-refuse-31' };
      await signInByPassword(new Browser(mire.issuer), (await ror.start()).url, wrong);
    }
    const refused = (await admin.call('ACL', 'LOG')) as unknown[][];
    const what = refused.map((entry) => Object.fromEntries(pairs(entry)));
    // Where the queues of the release before stood is looked for, and is nothing of this user's.
    expect(what.filter(({ object }) => !String(object).startsWith('{mire}:'))).toEqual([]);
    expect(mire.logs.filter((line) => line.includes('NOPERM'))).toEqual([]);
  });

  test('every key stands under the prefix', async () => {
    const keys = await admin.keys('*');
    expect(keys.length).toBeGreaterThan(10);
    expect(keys.filter((key) => !key.startsWith('mire:'))).toEqual([]);
  });

  test('every command that a script may send is in it', async () => {
    const names = commandsOfScripts();
    expect(names).toEqual(expect.arrayContaining(['hset', 'zadd', 'xtrim', 'time', 'pexpire']));
    const missing: string[] = [];
    for (const name of names) {
      const [info] = (await admin.call('COMMAND', 'INFO', name)) as [string, number][];
      const given = Array.from({ length: Math.abs(info?.[1] ?? 1) - 1 }, () => 'mire:x');
      const verdict = String(await admin.call('ACL', 'DRYRUN', 'mire', name, ...given).catch(String));
      if (/no permissions to run/.test(verdict)) missing.push(name);
    }
    expect(missing).toEqual([]);
  });

  test('it may neither read what others keep there nor empty it', async () => {
    const url = Object.assign(new URL(redis.url), { username: 'mire', password: PASSWORD.replaceAll(' ', '_') }).href;
    const user = new Redis(url, { disableClientInfo: true });
    try {
      for (const asked of [
        ['GET', 'another:key'],
        ['KEYS', '*'],
        ['FLUSHALL'],
        ['CONFIG', 'SET', 'appendonly', 'no'],
        ['SCRIPT', 'FLUSH'],
      ] as const) {
        const [name, ...given] = asked;
        await expect(user.call(name, ...given)).rejects.toThrow('NOPERM');
      }
    } finally {
      user.disconnect();
    }
  });
});

/** `[name, value, name, value]`. */
function pairs(entry: readonly unknown[]): [string, unknown][] {
  return Array.from({ length: entry.length / 2 }, (_, i) => [String(entry[2 * i]), entry[2 * i + 1]]);
}
