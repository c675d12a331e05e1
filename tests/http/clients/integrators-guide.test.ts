import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { CLAIMS, SCOPES } from '../../../config/claims.ts';
import { ACR_VALUES, MODE_IDS } from '../../../config/modes.ts';
import { ROUTES } from '../../../src/provider/routes.ts';
import { register, registrationToken } from '../../support/clients/registration.ts';
import { Browser } from '../../support/http/browser.ts';
import { freePort, type RunningMire, startMire } from '../../support/mire.ts';
import { signInByCode } from '../../support/sign-in/journeys.ts';

const ROOT = join(import.meta.dirname, '../../..');
const guide = readFileSync(join(ROOT, 'docs/integrators.md'), 'utf8');

test('the guide names every scope, claim, level, mode and endpoint', () => {
  const names = [...SCOPES, ...Object.values(CLAIMS).flat(), ...ACR_VALUES, ...MODE_IDS, ...Object.values(ROUTES)];
  expect(names.filter((name) => !guide.includes(`\`${name}\``))).toEqual([]);
});

let mire: RunningMire;
let child: ChildProcess | undefined;
beforeAll(async () => {
  mire = await startMire();
});
afterAll(async () => {
  if (child?.exitCode === null) {
    child.kill();
    await once(child, 'exit');
  }
  await mire.close();
});

test('the program of the guide, run as it stands, signs somebody in', async () => {
  const program = /```js\n([\s\S]*?)```/.exec(guide)?.[1] ?? '';
  const port = String(await freePort());
  const home = `http://localhost:${port}`;
  const application = await register(mire.issuer, await registrationToken(mire.issuer), {
    redirect_uris: [`${home}/callback`],
  });
  child = spawn(process.execPath, ['--input-type=module', '-'], {
    cwd: ROOT,
    env: {
      PATH: process.env.PATH ?? '',
      ISSUER: mire.issuer,
      CLIENT_ID: application.client_id,
      SECRET: application.client_secret,
      PORT: port,
    },
    stdio: ['pipe', 'ignore', 'inherit'],
  });
  child.stdin?.end(program);
  let start = '';
  while (start === '') {
    if (child.exitCode !== null) throw new Error('the program ended');
    start = await fetch(home, { redirect: 'manual' }).then(
      (answer) => answer.headers.get('location') ?? '',
      () => new Promise<string>((resolve) => setTimeout(resolve, 50, '')),
    );
  }
  const browser = new Browser(mire.issuer);
  await signInByCode(mire, browser, new URL(start));
  const back = await browser.submit({ decision: 'accept' });
  expect(await (await fetch(back.url)).json()).toMatchObject({
    aud: application.client_id,
    acr: 'eidas2',
    mire_mode: 'code-ephemere',
    email: 'mdurand@hopital.example',
    national_id: expect.stringMatching(/^8\d{11}$/),
  });
});
