import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { Application } from '../support/clients/application.ts';
import { Browser } from '../support/http/browser.ts';
import { comesBack, isSignedIn } from '../support/http/outage.ts';
import { describeWith } from '../support/jest/services.ts';
import { type RunningMire, startMire } from '../support/mire.ts';
import { follow, type OwnSentinels, ownSentinels } from '../support/servers/own-sentinels.ts';
import { signInByCode, signInByPassword } from '../support/sign-in/journeys.ts';

/** In short; `npm run test:fault` drills every row, under people who sign in all the while, and times it. */
describeWith('redis-server', 'a Redis that three Sentinels watch', () => {
  let redis: OwnSentinels;
  let mire: RunningMire;
  let ror: Application;
  beforeEach(async () => {
    redis = await ownSentinels();
    mire = await startMire({ env: { REDIS_URL: redis.url, REDIS_PATIENCE: '1' } });
    ror = await Application.discover(mire.issuer, 'ror');
  });
  afterEach(async () => {
    await mire?.close();
    await redis?.remove();
  });

  async function signedIn(): Promise<Browser> {
    const browser = new Browser(mire.issuer);
    const started = await ror.start();
    await started.finish((await signInByPassword(browser, started.url)).url);
    return browser;
  }

  /** Codes are queued, sent and taken. */
  async function codeComes(): Promise<void> {
    const messagerie = await Application.discover(mire.issuer, 'messagerie');
    const started = await messagerie.start();
    const back = await signInByCode(mire, new Browser(mire.issuer), started.url);
    expect((await started.finish(back.url)).claims()).toMatchObject({ acr: 'eidas2' });
  }

  test('demoted, its connections kept: who is signed in stays so, people sign in, codes come', async () => {
    const browser = await signedIn();
    await redis.failOver();
    await redis.switched();
    await follow(redis.first, redis.second);
    await comesBack(mire);
    expect(await isSignedIn(browser)).toBe(true);
    expect(await isSignedIn(await signedIn())).toBe(true);
    await codeComes();
  });

  test('silent, its connections kept: it is left for the one that was promoted', async () => {
    const browser = await signedIn();
    await redis.first.server.freeze();
    await redis.switched();
    await comesBack(mire);
    expect(await isSignedIn(browser)).toBe(true);
    await codeComes();
  });
});
