import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { NATIONAL_ID } from '../../../src/accounts/account.ts';
import { codeOf } from '../../../src/challenges/hotp.ts';
import { hashId } from '../../../src/protection/secrets.ts';
import { Application, type Started } from '../../support/clients/application.ts';
import { Browser } from '../../support/http/browser.ts';
import { describeWith } from '../../support/jest/services.ts';
import { type RunningMire, startMire } from '../../support/mire.ts';
import { vouchFor, WITH_VOUCHING } from '../../support/sign-in/vouching-mode.ts';
import { FORM } from '../../support/sign-up/sign-up.ts';
import { type TestDatabase, testDatabase } from '../../support/storage/database.ts';

const BROWSERS = 200;
const PERSON = '899700123450';

describeWith('postgres', 'two hundred first sign-ins of one person at once', () => {
  let mire: RunningMire;
  let database: TestDatabase;
  let application: Application;
  beforeAll(async () => {
    database = await testDatabase('postgres');
    mire = await startMire({ database, env: { RATE_LIMIT_FACTOR: '1000' }, added: { modes: WITH_VOUCHING } });
    application = await Application.discover(mire.issuer, 'messagerie');
  });
  afterAll(async () => {
    await mire?.close();
    await database?.stop();
  });

  /** Up to the last code. Half of them give the same address, half one of their own. */
  async function prepare(index: number): Promise<{ browser: Browser; started: Started; code: string }> {
    const started = await application.start();
    const browser = new Browser(mire.issuer);
    const email = index % 2 === 0 ? `personne-${index}@x.example` : 'meme@x.example';
    await vouchFor(browser, started.url, { externalId: PERSON });
    const { url } = await browser.submit({ ...FORM, specialty: '', email, email_confirmation: email }, '/signup');
    const flow = hashId(`${url.pathname.split('/')[2]}:mail`);
    const challenge = await database
      .database('challenges')
      .where({ flow_hash: flow })
      .first<{ id: string; counter: number }>();
    const seed = await mire.sandbox.parts.storage.challenges.seedOf(challenge.id);
    return { browser, started, code: codeOf(seed ?? '', challenge.counter) };
  }

  test('give one account, and every browser lands in it', async () => {
    const ready: Awaited<ReturnType<typeof prepare>>[] = [];
    for (let at = 0; at < BROWSERS; at += 20)
      ready.push(...(await Promise.all(Array.from({ length: 20 }, (_, index) => prepare(at + index)))));
    const ends = await Promise.all(ready.map(({ browser, code }) => browser.submit({ code }, '/mail')));
    expect(ends.map(({ url }) => url.searchParams.has('code'))).toEqual(ready.map(() => true));
    const subjects = await Promise.all(
      ready.map(async ({ started }, index) => (await started.finish(ends[index]?.url as URL)).claims()?.sub),
    );
    expect(new Set(subjects).size).toBe(1);
    const account = await mire.sandbox.parts.storage.accounts.byIdentity(NATIONAL_ID, PERSON);
    expect(account?.id).toBe(subjects[0]);
    const made = await database
      .database('audit')
      .where({ event: 'account.created' })
      .whereRaw("details->>'by' = 'psc'");
    expect(made.length).toBe(1);
  });
});
