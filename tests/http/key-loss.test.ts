import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { Application } from '../support/application.ts';
import { Browser } from '../support/browser.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { signInByPassword } from '../support/journeys.ts';
import { type RunningMire, startMire, testSecrets } from '../support/mire.ts';
import { signedIn } from '../support/steps.ts';

const key = () => randomBytes(32).toString('base64');
let database: TestDatabase;
let mire: RunningMire;
beforeEach(async () => { database = await testDatabase(); });
afterEach(async () => { await mire.close(); await database.stop(); });

test.each([
  ['DATA_KEYS', () => `2:${key()}`],
  ['INDEX_KEY', key],
  ['PAIRWISE_KEY', key],
  ['COOKIE_KEYS', key],
  ['DPOP_KEY', key],
])('%s', async (name, fresh) => {
  const secrets = testSecrets();
  mire = await startMire({ database, env: { ...secrets } });
  const before = await signedIn(mire);
  await mire.close();
  mire = await startMire({ database, env: { ...secrets, [name]: fresh() } });
  console.log(name, 'started');
  const ror = await Application.discover(mire.issuer, 'ror');
  const browser = new Browser(mire.issuer);
  const started = await ror.start();
  const page = await signInByPassword(browser, started.url);
  console.log(name, page.status, page.url.href.slice(0,80), page.page.text.replace(/\s+/g,' ').slice(0, 300));
  const t = await started.finish(page.url).catch((e) => e);
  console.log(name, t.claims ? t.claims() : t);
  console.log(name, (await before.browser.get(`${mire.issuer}/`)).body.includes('Marie Durand'));
  console.log(mire.logs.filter((l) => l.includes('"level":50')).join('\n').slice(0, 3000));
  expect(1).toBe(1);
});
