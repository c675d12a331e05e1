import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { StorageUnavailable } from '../../adapters/unavailable.ts';
import { describeSettings } from '../../config/settings.ts';
import { createPasswords } from '../../src/accounts/passwords.ts';
import { Application } from '../support/clients/application.ts';
import { Browser } from '../support/http/browser.ts';
import { ask } from '../support/http/outage.ts';
import { raw } from '../support/http/raw-request.ts';
import { freePort, type RunningMire, startMire } from '../support/mire.ts';
import { begin, signedIn } from '../support/sign-in/steps.ts';

const ROOT = join(import.meta.dirname, '../..');
const read = (file: string) => readFileSync(join(ROOT, file), 'utf8');

describe('lessons that need a test of their own', () => {
  let mire: RunningMire;
  beforeAll(async () => {
    mire = await startMire();
  });
  afterAll(() => mire.close());
  afterEach(() => {
    jest.restoreAllMocks();
  });

  const authorize = async (changes: Readonly<Record<string, string | undefined>>, twice = '') => {
    const { url } = await (await Application.discover(mire.issuer, 'ror')).start();
    for (const [name, value] of Object.entries(changes)) {
      if (value === undefined) url.searchParams.delete(name);
      else url.searchParams.set(name, value);
    }
    return raw(mire.issuer, { path: `${url.pathname}${url.search}${twice}`, headers: { accept: 'text/html' } });
  };
  /** Neither a code nor an error goes to an address that is not registered. */
  const staysHere = ({ status, headers }: Awaited<ReturnType<typeof raw>>) =>
    status === 400 && headers.location === undefined;

  test('Keycloak CVE-2023-6787: a re-login that is cancelled leaves the session as it was, of the same person', async () => {
    const { browser, tokens } = await signedIn(mire);
    await begin(mire, { browser, parameters: { prompt: 'login' } });
    const left = await browser.submit({}, '/abort');
    expect(left.url.searchParams.get('error')).toBe('access_denied');
    const { started } = await begin(mire, { browser });
    const again = await started.finish(new URL(browser.current?.url ?? ''));
    expect(again.claims()).toMatchObject({ sub: tokens.claims()?.sub, auth_time: tokens.claims()?.auth_time });
  });

  test('authentik CVE-2024-52289: a redirect address is compared as it is written, never as a pattern', async () => {
    for (const redirect_uri of [
      'http://localhost:4000/callbackX',
      'http://localhostx4000/callback',
      'http://localhost:4000/callback/',
      'http://localhost:4000/callback/../x',
      'http://localhost:4000/callback%2f..',
      'http://localhost:4000/CALLBACK',
      'http://LOCALHOST:4000/callback#x',
      'http://localhost:4000/callback?x=y',
      'http://localhost:4000@evil.example/callback',
      'http://evil.example/http://localhost:4000/callback',
      'http://localhost:4001/callback',
      'https://localhost:4000/callback',
      'javascript:alert(1)',
      'data:text/html,x',
      '//localhost:4000/callback',
      '/callback',
      '',
    ])
      expect([redirect_uri, staysHere(await authorize({ redirect_uri }))]).toEqual([redirect_uri, true]);
  });

  test('Keycloak CVE-2024-8883: no wildcard, and no parameter twice', async () => {
    for (const redirect_uri of ['http://localhost:4000/*', 'http://*/callback', '*'])
      expect(staysHere(await authorize({ redirect_uri }))).toBe(true);
    const polluted = await authorize({}, `&redirect_uri=${encodeURIComponent('https://evil.example/')}`);
    expect([staysHere(polluted), polluted.body.includes('evil.example')]).toEqual([true, false]);
    const { body, headers, status } = await authorize({}, '&state=x');
    expect(`${status} ${headers.location} ${body}`).toMatch(/invalid_request|400/);
  });

  test('authentik CVE-2024-23647: no code without a PKCE challenge, and no plain one', async () => {
    for (const changes of [
      { code_challenge: undefined, code_challenge_method: undefined },
      { code_challenge_method: 'plain' },
      { code_challenge_method: undefined },
      { code_challenge: 'short' },
    ]) {
      const { headers } = await authorize(changes);
      expect(new URL(String(headers.location)).searchParams.get('error')).toBe('invalid_request');
    }
  });

  test('fosite CVE-2020-15223: a revocation that could not be kept is not acknowledged', async () => {
    const { tokens } = await signedIn(mire);
    const { RefreshToken } = mire.sandbox.http.holder.current();
    const token = tokens.refresh_token ?? '';
    jest.spyOn(RefreshToken.prototype, 'destroy').mockRejectedValue(new StorageUnavailable(new Error('gone')));
    expect((await ask(mire, '/revoke', 'ror', { token })).status).toBe(503);
    jest.restoreAllMocks();
    expect((await ask(mire, '/revoke', 'ror', { token })).status).toBe(200);
    expect(await (await ask(mire, '/introspect', 'ror', { token })).json()).toEqual({ active: false });
  });

  test('LL::NG CVE-2023-44469: request_uri names what was pushed here, and nothing is fetched', async () => {
    const port = await freePort();
    for (const request_uri of [
      `http://127.0.0.1:${port}/x`,
      'http://169.254.169.254/latest/meta-data/',
      'file:///etc/passwd',
      'urn:ietf:params:oauth:request_uri:unknown',
    ]) {
      const { status, headers } = await authorize({ request_uri });
      const error = headers.location ? new URL(String(headers.location)).searchParams.get('error') : undefined;
      expect([request_uri, status === 400 || error !== null]).toEqual([request_uri, true]);
      expect(headers.location ?? '').not.toContain('code=');
    }
  });

  test('authentik default trusted proxies: nobody is trusted by default', () => {
    expect(describeSettings().find(({ name }) => name === 'TRUSTED_PROXIES')?.fallback).toEqual([]);
  });

  test('authentik CVE-2024-52307: metrics have a port of their own in production, and nothing to guess', async () => {
    const apart = await startMire({ env: { METRICS_PORT: String(await freePort()) } });
    expect((await fetch(`${apart.issuer}/metrics`)).status).toBe(404);
    await apart.close();
    expect(read('deploy/nginx/mire.conf').match(/location = \/metrics\s+\{ return 404; \}/g)?.length).toBeGreaterThan(
      1,
    );
  });

  test('authentik CVE-2026-55106: no debug address is open', async () => {
    const browser = new Browser(mire.issuer);
    for (const path of [
      '/debug',
      '/debug/pprof/',
      '/actuator/env',
      '/console',
      '/server-status',
      '/.git/config',
      '/.env',
      '/package.json',
      '/src/main.ts',
      '/node_modules/koa/package.json',
      '/admin',
      '/api',
      '/graphql',
      '/session/end',
      '/interaction',
    ])
      expect([path, (await browser.get(path)).status]).toEqual([path, 404]);
  });

  test('LL::NG CVE-2025-59518: no shell, and nothing evaluated', () => {
    const files = globSync('{src,adapters,interactions,config}/**/*.ts', { cwd: ROOT });
    const found = files.filter(
      (file) =>
        /node:child_process|\beval\(|new Function\(|node:vm\b/.test(read(file)) &&
        !/^src\/(main\/|sandbox\/)/.test(file),
    );
    expect(found).toEqual([]);
  });

  test('Keycloak argon2 limit: five hundred passwords at once are queued, and the rest is told to come back', async () => {
    const passwords = createPasswords({ memory: 1024, passes: 1 }, 2);
    const answers = await Promise.allSettled(Array.from({ length: 500 }, () => passwords.verify('x', undefined)));
    const shed = answers.filter((one) => one.status === 'rejected');
    expect(answers.length - shed.length).toBe(102);
    for (const one of shed) expect(one).toMatchObject({ reason: { code: 'overloaded', status: 503 } });
  });
});
