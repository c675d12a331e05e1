import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { Application } from '../../support/clients/application.ts';
import { Browser } from '../../support/http/browser.ts';
import { type RunningMire, startMire } from '../../support/mire.ts';
import { signInByPassword } from '../../support/sign-in/journeys.ts';

const MINUTE = 60;

describe('how long a sign-in lasts', () => {
  let mire: RunningMire;
  let ror: Application;
  beforeAll(async () => {
    mire = await startMire();
    ror = await Application.discover(mire.issuer, 'ror');
  });
  afterEach(() => mire.clock.restore());
  afterAll(() => mire.close());

  const silently = async (browser: Browser, parameters: Record<string, string> = {}) => {
    const { searchParams } = (await browser.get((await ror.start({ prompt: 'none', ...parameters })).url)).url;
    return searchParams.get('error') ?? 'signed in';
  };
  const signedIn = async () => {
    const browser = new Browser(mire.issuer);
    const started = await ror.start();
    const tokens = await started.finish((await signInByPassword(browser, started.url)).url);
    return { browser, authTime: Number(tokens.claims()?.auth_time) };
  };

  test('30 minutes without use end it; use moves that end', async () => {
    const { browser } = await signedIn();
    mire.clock.forwardAll(29 * MINUTE);
    expect(await silently(browser)).toBe('signed in');
    mire.clock.forwardAll(29 * MINUTE);
    expect(await silently(browser)).toBe('signed in');
    mire.clock.forwardAll(31 * MINUTE);
    expect(await silently(browser)).toBe('login_required');
  });

  test('using it twice in a minute writes the session once', async () => {
    const { browser } = await signedIn();
    const written = async () => {
      const { rows } = await mire.database.database.raw<{ rows: { expires_at: Date }[] }>(
        "select expires_at from oidc_models where model = 'Session' order by created_at desc limit 1",
      );
      return rows[0]?.expires_at.getTime();
    };
    expect(await silently(browser)).toBe('signed in');
    const before = await written();
    mire.clock.forwardAll(30);
    expect(await silently(browser)).toBe('signed in');
    expect(await written()).toBe(before);
    mire.clock.forwardAll(90);
    expect(await silently(browser)).toBe('signed in');
    expect(await written()).toBeGreaterThan(before ?? 0);
  });

  // RFC 9470 §4: what an API answered with insufficient_user_authentication, its application asks for here.
  test('max_age asks again once the sign-in is older, and auth_time is then the new one', async () => {
    const { browser, authTime } = await signedIn();
    expect(await silently(browser, { max_age: '600' })).toBe('signed in');
    mire.clock.forwardAll(11 * MINUTE);
    expect(await silently(browser, { max_age: '600' })).toBe('login_required');
    const started = await ror.start({ max_age: '600', acr_values: 'eidas1' });
    const again = await started.finish((await signInByPassword(browser, started.url)).url);
    expect(Number(again.claims()?.auth_time)).toBeGreaterThanOrEqual(authTime + 11 * MINUTE);
    expect(await silently(browser, { max_age: '600' })).toBe('signed in');
  });

  test('max_age=0 asks every time', async () => {
    const { browser } = await signedIn();
    expect(await silently(browser, { max_age: '0' })).toBe('login_required');
  });
});
