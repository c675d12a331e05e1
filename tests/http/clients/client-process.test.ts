import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Browser } from '../../support/http/browser.ts';
import { type RunningMire, startMire } from '../../support/mire.ts';
import { signInByCode, signInByPassword } from '../../support/sign-in/journeys.ts';

const HOME = 'http://localhost:4000';

/** An integrator's application listens where the sandbox contract says: on port 4000. */
async function startApplication(issuer: string, id: string): Promise<ChildProcess> {
  const script = fileURLToPath(new URL('../../support/clients/relying-party.ts', import.meta.url));
  const child = fork(script, [issuer, id, `${id}-sandbox-secret`, '4000'], {
    execArgv: [],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const [message] = (await Promise.race([once(child, 'message'), once(child, 'exit')])) as [
    { ready?: string; failed?: string } | number,
  ];
  if (typeof message !== 'object' || !message.ready) {
    throw new Error(
      `the application did not start: ${typeof message === 'object' ? message.failed : `exit code ${message}`}`,
    );
  }
  return child;
}

async function stop(child: ChildProcess): Promise<void> {
  const ended = once(child, 'exit');
  child.disconnect();
  await ended;
}

async function ask(path: string | URL): Promise<Record<string, unknown>> {
  const answer = await fetch(new URL(path, HOME));
  const body = (await answer.json()) as Record<string, unknown>;
  if (!answer.ok) throw new Error(`the application says: ${JSON.stringify(body)}`);
  return body;
}

const login = async () => new URL((await fetch(`${HOME}/login`, { redirect: 'manual' })).headers.get('location') ?? '');

describe('a standard application in its own process, by discovery alone', () => {
  let mire: RunningMire;
  beforeAll(async () => {
    mire = await startMire();
  });
  afterAll(() => mire.close());

  test.each([
    ['ror', 'login-mdp', 'eidas1', (browser: Browser, url: URL) => signInByPassword(browser, url)],
    ['messagerie', 'code-ephemere', 'eidas2', (browser: Browser, url: URL) => signInByCode(mire, browser, url)],
  ])('%s signs mdurand in by %s, refreshes, introspects, revokes and signs out', async (id, mode, acr, signIn) => {
    const child = await startApplication(mire.issuer, id);
    try {
      const browser = new Browser(mire.issuer);
      const back = await signIn(browser, await login());
      expect(await ask(back.url)).toMatchObject({
        claims: { aud: id, acr, mire_mode: mode },
        userinfo: { name: 'Marie Durand', national_id: '899700000013' },
      });
      expect(await ask('/refresh')).toMatchObject({ claims: { acr, mire_mode: mode }, rotated: true });
      expect(await ask('/introspect')).toMatchObject({ active: true, client_id: id });
      await ask('/revoke');
      expect(await ask('/introspect')).toEqual({ active: false });

      const out = (await fetch(`${HOME}/logout`, { redirect: 'manual' })).headers.get('location') ?? '';
      await browser.get(out);
      expect((await browser.submit({ logout: 'yes' }, '/logout/confirm')).url.href).toBe(`${HOME}/`);
      expect((await browser.get(await login())).body).toContain('Login / Mdp');
    } finally {
      await stop(child);
    }
  });
});
