import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { ownTime } from '../../support/jest/costs.ts';
import { type RunningMire, startMire } from '../../support/mire.ts';
import { signedInDirectly, signInDirectly } from '../../support/sign-in/directly.ts';
import { begin } from '../../support/sign-in/steps.ts';

let mire: RunningMire;
beforeAll(async () => {
  mire = await startMire();
});
afterAll(() => mire?.close());

test.each([
  ['eidas1', 'login-mdp', ['pwd']],
  ['eidas2', 'code-ephemere', ['pwd', 'otp', 'mfa']],
  ['eidas3', 'cps', ['sc', 'pin', 'hwk', 'mfa']],
] as const)('a session that is written is one of the service: %s by %s', async (acr, mire_mode, amr) => {
  const { tokens } = await signedInDirectly(mire, { acr, parameters: { scope: 'openid profile' } });
  expect(tokens.claims()).toMatchObject({ acr, amr, mire_mode });
  const userinfo = await fetch(`${mire.issuer}/userinfo`, {
    headers: { authorization: `Bearer ${tokens.access_token}` },
  });
  expect(await userinfo.json()).toMatchObject({ sub: tokens.claims()?.sub });
});

test('the pages know it too, and an application that asks for more asks for more', async () => {
  const browser = await signInDirectly(mire, { login: 'kbenali' });
  expect((await browser.get('/')).body).toContain('Karim Benali');
  const { page } = await begin(mire, { client: 'messagerie', browser });
  expect(page.url.pathname).toMatch(/^\/interaction\//);
});

test('a file with the service, second in its worker, costs less than 1.5 s of processor before it tests anything', async () => {
  // The modules and the pages are there: the first service of this file has seen to it.
  const before = ownTime();
  const second = await startMire();
  await signedInDirectly(second);
  await second.close();
  const spent = ownTime() - before;
  process.stderr.write(`floor of a service file, second in its worker: ${(spent / 1000).toFixed(2)} s of processor\n`);
  expect(spent).toBeLessThan(1500);
});
