import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { StorageUnavailable } from '../../../adapters/unavailable.ts';
import { ask, expectAway } from '../../support/http/outage.ts';
import { type RunningMire, startMire } from '../../support/mire.ts';
import { MDURAND } from '../../support/sign-in/journeys.ts';
import { beginLogin, signedIn } from '../../support/sign-in/steps.ts';

describe('the storage goes away at the very end of a request of the protocol', () => {
  let mire: RunningMire;
  beforeAll(async () => {
    mire = await startMire();
  });
  afterAll(() => mire.close());
  afterEach(() => {
    jest.restoreAllMocks();
  });

  test('when the session cannot be kept, the page says so, and afterwards that it was taken', async () => {
    const { browser, page } = await beginLogin(mire);
    const { Session } = mire.sandbox.http.holder.current();
    jest.spyOn(Session.prototype, 'persist').mockRejectedValue(new StorageUnavailable(new Error('gone')));
    jest.spyOn(Session.prototype, 'save').mockRejectedValue(new StorageUnavailable(new Error('gone')));
    await expectAway(browser.submit(MDURAND));
    jest.restoreAllMocks();
    expect((await browser.get(page.url)).body).toContain('déjà terminée');
  });

  test('a program that may try again is told when', async () => {
    const { tokens } = await signedIn(mire);
    const { AccessToken } = mire.sandbox.http.holder.current();
    jest.spyOn(AccessToken.prototype, 'save').mockRejectedValue(new StorageUnavailable(new Error('gone')));
    const answer = await ask(mire, '/token', 'ror', {
      grant_type: 'refresh_token',
      refresh_token: tokens.refresh_token ?? '',
    });
    expect([answer.status, answer.headers.get('retry-after'), await answer.json()]).toMatchObject([
      503,
      '5',
      { error: 'temporarily_unavailable' },
    ]);
  });
});
