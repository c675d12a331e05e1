import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createLocalJWKSet, decodeProtectedHeader, type JSONWebKeySet, jwtVerify } from 'jose';
import { KEYS } from '../../../config/key-settings.ts';
import { rotateKeys, turnKeys } from '../../../src/provider/key-rotation.ts';
import { generateKey, type ListedKey } from '../../../src/provider/keys.ts';
import { parallel } from '../../support/accounts/sample-accounts.ts';
import { Application } from '../../support/clients/application.ts';
import { Browser } from '../../support/http/browser.ts';
import { freePort, type RunningMire, startMire, testSecrets } from '../../support/mire.ts';
import { mireCommand, typedCommand } from '../../support/mire-command.ts';
import { signInByPassword } from '../../support/sign-in/journeys.ts';
import { auditOf } from '../../support/sign-in/steps.ts';
import { type TestDatabase, testDatabase } from '../../support/storage/database.ts';

const DAY = 24 * 60 * 60;

describe('signing keys turn at run time, on two web processes of one database', () => {
  let database: TestDatabase;
  let one: RunningMire;
  let other: RunningMire;
  const issuer = 'https://mire.test';
  const secrets = testSecrets();

  beforeAll(async () => {
    database = await testDatabase();
    // One issuer, as behind one reverse proxy; sandbox applications are reached through either process.
    const env = { ...secrets, ISSUER: issuer, TRUSTED_PROXIES: '127.0.0.1,::1' };
    one = await startMire({ jobs: true, env: { ...env, PORT: String(await freePort()) }, database });
    other = await startMire({ jobs: true, env: { ...env, PORT: String(await freePort()) }, database });
  });
  afterAll(async () => {
    await Promise.all([one.close(), other.close()]);
    await database.stop();
  });

  const through = (mire: RunningMire) => (url: URL, init: RequestInit) => {
    const headers = new Headers(init.headers);
    headers.set('x-forwarded-proto', 'https');
    headers.set('x-forwarded-host', url.host);
    return fetch(`http://127.0.0.1:${mire.settings.PORT}${url.pathname}${url.search}`, { ...init, headers });
  };
  const published = async (mire: RunningMire) => {
    const answer = await through(mire)(new URL('/jwks', issuer), {});
    return { answer, keys: ((await answer.json()) as JSONWebKeySet).keys };
  };
  const rotation = (mire: RunningMire) => ({
    keys: mire.sandbox.parts.signingKeys,
    clock: mire.clock.now,
    settings: mire.settings,
  });
  const states = async (): Promise<Record<string, ListedKey['state']>> =>
    Object.fromEntries((await one.sandbox.parts.signingKeys.list()).map(({ kid, state }) => [kid, state]));
  const rs256 = async (state: string) =>
    (await one.sandbox.parts.signingKeys.list()).find((key) => key.alg === 'RS256' && key.state === state);

  /** Signed in through one process; the ID token names the key it was signed with. */
  async function signIn(mire: RunningMire) {
    const browser = new Browser(issuer, {}, through(mire));
    const application = await Application.discover(issuer, 'ror', undefined, through(mire));
    const started = await application.start();
    const back = await signInByPassword(browser, started.url);
    const { id_token = '' } = await started.finish(back.url);
    return { idToken: id_token, kid: decodeProtectedHeader(id_token).kid, browser };
  }

  test('a published key does not sign; the keys may be kept for minutes, and hold nothing private', async () => {
    const active = await rs256('active');
    await rotateKeys(rotation(one), new Date(one.clock.now().getTime() + DAY * 1000));
    const next = await rs256('next');
    expect(next?.kid).toBeDefined();
    for (const mire of [one, other]) {
      const { answer, keys } = await published(mire);
      expect(answer.headers.get('cache-control')).toBe(`public, max-age=${KEYS.published}`);
      expect(keys.map(({ kid }) => kid)).toContain(next?.kid);
      expect(keys.filter((key) => 'd' in key || 'k' in key)).toEqual([]);
    }
    expect((await signIn(one)).kid).toBe(active?.kid);
  });

  test('a key in use at once signs on the process that saw it; another one publishes and accepts it unseen', async () => {
    const before = await signIn(other);
    // Another key each time, so that the other process has never seen the one that signs.
    await rotateKeys(rotation(one), one.clock.now());
    const leaked = await generateKey('RS256');
    const keys = one.sandbox.parts.signingKeys;
    await keys.insertNext(leaked, one.clock.now(), one.clock.now());
    expect(await keys.turn((await rs256('active'))?.kid ?? '', leaked.kid, one.clock.now())).toBe(true);
    await one.sandbox.http.holder.refresh();
    const signed = await signIn(one);
    expect(signed.kid).toBe(leaked.kid);

    // As a hint, first thing, to the process that has not looked since.
    const hinted = await Application.discover(issuer, 'ror', undefined, through(other));
    const silent = await hinted.start({ prompt: 'none', id_token_hint: signed.idToken });
    const back = await new Browser(issuer, {}, through(other)).get(silent.url);
    expect(back.url.searchParams.get('error')).toBe('login_required');
    const goodbye = new URL('/logout', issuer);
    goodbye.search = new URLSearchParams({ id_token_hint: signed.idToken }).toString();
    expect((await signed.browser.get(goodbye)).status).toBe(200);

    // And an application that asks either process finds what it needs for both tokens.
    for (const mire of [one, other]) {
      const set = createLocalJWKSet({ keys: (await published(mire)).keys });
      for (const { idToken } of [before, signed]) await jwtVerify(idToken, set, { issuer, audience: 'ror' });
    }
  });

  test('a hint under a key that never was is refused, and costs no failure', async () => {
    const { idToken } = await signIn(one);
    const [, payload, signature] = idToken.split('.');
    const header = Buffer.from(JSON.stringify({ alg: 'RS256', kid: 'rs256-nothing' })).toString('base64url');
    const application = await Application.discover(issuer, 'ror', undefined, through(other));
    const start = await application.start({ prompt: 'none', id_token_hint: `${header}.${payload}.${signature}` });
    const back = await new Browser(issuer, {}, through(other)).get(start.url);
    expect(back.url.searchParams.get('error')).toBe('invalid_request');
  });

  test('eight administrators and workers at once: of each algorithm one key signs, one waits, none is lost', async () => {
    const before = Object.keys(await states()).length;
    await parallel(8, (i) => rotateKeys(rotation(i % 2 ? one : other), new Date(one.clock.now().getTime() + 60_000)));
    one.clock.forward(120);
    other.clock.forward(120);
    await parallel(8, (i) => turnKeys(rotation(i % 2 ? one : other)));
    const counted = Object.values(await states());
    expect(counted.filter((state) => state === 'active')).toHaveLength(3);
    expect(counted.filter((state) => state === 'next')).toHaveLength(0);
    expect(counted).toHaveLength(before + 3);
    expect((await auditOf(one, 'key.activated')).length).toBeGreaterThanOrEqual(6);
  });

  test('by age alone: published a week before, signs at ninety days, goes two days after it stopped', async () => {
    const forward = (seconds: number) => {
      one.clock.forward(seconds);
      other.clock.forward(seconds);
    };
    const old = await rs256('active');
    forward(82 * DAY);
    expect((await turnKeys(rotation(one))).published).toEqual([]);
    forward(DAY + 60);
    expect((await turnKeys(rotation(one))).published).toHaveLength(3);
    const next = await rs256('next');
    expect(await turnKeys(rotation(one))).toMatchObject({ published: [], turned: [] });
    forward(7 * DAY);
    expect((await turnKeys(rotation(other))).turned).toContain(next?.kid);
    expect(await states()).toMatchObject({ [old?.kid ?? '']: 'retired', [next?.kid ?? '']: 'active' });
    forward(KEYS.retired - 60);
    expect((await turnKeys(rotation(one))).removed).not.toContain(old?.kid);
    forward(120);
    expect((await turnKeys(rotation(one))).removed).toContain(old?.kid);
    expect((await published(other)).keys.map(({ kid }) => kid)).not.toContain(old?.kid);
  });

  test('a key that signs is not taken away, nor one that a process may still sign with; a retired one is', async () => {
    const keys = one.sandbox.parts.signingKeys;
    await rotateKeys(rotation(one), one.clock.now());
    expect(await keys.remove((await rs256('active'))?.kid ?? '', one.clock.now())).toBe(false);
    const retired = (await rs256('retired'))?.kid ?? '';
    const aMinuteAgo = () => new Date(one.clock.now().getTime() - 60_000);
    expect(await keys.remove(retired, aMinuteAgo())).toBe(false);
    one.clock.forward(61);
    expect(await keys.remove(retired, aMinuteAgo())).toBe(true);
    expect(await keys.remove(retired, aMinuteAgo())).toBe(false);
  });

  test('the command publishes, then puts in use; a process that runs follows', async () => {
    const environment = { ...secrets, DATABASE_URL: database.url, ISSUER: issuer };
    const say = (...args: string[]) => mireCommand(['keys', ...args], environment);
    await other.sandbox.http.holder.refresh();
    const before = (await rs256('active'))?.kid ?? '';
    const listed = JSON.parse((await say('rotate', '--hours', '48')).out) as ListedKey[];
    expect(listed.filter(({ state }) => state === 'next')).toHaveLength(3);
    expect((await signIn(other)).kid).toBe(before);
    const next = listed.find(({ alg, state }) => alg === 'RS256' && state === 'next')?.kid ?? '';
    await typedCommand(['keys', 'rotate', '--now'], environment);
    const { keys } = await published(other);
    expect(keys.map(({ kid }) => kid)).toEqual(expect.arrayContaining([before, next]));
    expect((await signIn(other)).kid).toBe(next);
    expect((await say('remove', next)).err).toContain(`No key named ${next} has been retired`);
    expect((await say('rotate', '--hours', 'soon')).code).toBe(1);
  });
});
