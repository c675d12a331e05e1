import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { nationalId } from '../../support/cards/cards.ts';
import { Application, type Started } from '../../support/clients/application.ts';
import { Browser } from '../../support/http/browser.ts';
import { type RunningMire, startMire } from '../../support/mire.ts';
import { goToPsc, identify, pscOf } from '../../support/psc/psc.ts';

describe('the answer of Pro Santé Connect', () => {
  let mire: RunningMire;
  let messagerie: Application;
  beforeAll(async () => {
    mire = await startMire();
    messagerie = await Application.discover(mire.issuer, 'messagerie');
  });
  afterAll(() => mire?.close());

  /** As far as the door of Mire. @returns the answer that the browser was to bring, and who was to bring it */
  async function answered(started: Started): Promise<{ browser: Browser; callback: URL }> {
    const browser = new Browser(mire.issuer);
    const there = await goToPsc(browser, started.url);
    const wallet = new Browser(pscOf(mire).wallet);
    await wallet.get(there.url);
    return { browser, callback: (await identify(wallet, nationalId('mdurand'))).url };
  }

  /** Under the interaction, where the answer is read. */
  async function doorOf(browser: Browser, callback: URL): Promise<string> {
    const answer = await browser.fetch(callback);
    expect([answer.status, answer.headers.get('cache-control')]).toEqual([303, 'no-store']);
    return answer.headers.get('location') ?? '';
  }

  test('is used once, also when it is brought four times at once', async () => {
    const started = await messagerie.start();
    const { browser, callback } = await answered(started);
    const door = await doorOf(browser, callback);
    const answers = await Promise.all(Array.from({ length: 4 }, () => browser.fetch(door)));
    expect(answers.map(({ status }) => status).sort()).toEqual([303, 409, 409, 409]);
    const [won] = answers.filter(({ status }) => status === 303);
    const back = await browser.get(won?.headers.get('location') ?? '');
    expect((await started.finish(back.url)).claims()).toMatchObject({ mire_mode: 'psc' });
    expect((await browser.get(`${mire.issuer}${door}`)).status).toBe(409);
  });

  test('leads nowhere in another browser, which is where a thief would send somebody', async () => {
    const { callback } = await answered(await messagerie.start());
    const victim = new Browser(mire.issuer);
    const page = await victim.get(callback);
    expect([page.status, page.page.text]).toEqual([400, expect.stringContaining('autre navigateur')]);
  });

  test('to an earlier click is refused; the last one counts', async () => {
    const first = await messagerie.start();
    const { browser, callback } = await answered(first);
    const uid = (await doorOf(browser, callback)).split('/')[2];
    await browser.get(`${mire.issuer}/interaction/${uid}/psc`);
    const again = await browser.submit({}, '/psc');
    const old = await browser.get(callback);
    expect([old.status, old.url.pathname]).toEqual([409, `/interaction/${uid}/psc`]);
    // Nothing of it was spent there: the person clicks once more.
    expect(again.url.origin).toBe(pscOf(mire).wallet);
  });

  test.each(['', '?state=', '?state=x&code=y', '?error=access_denied', '?state=x&state=y'])(
    'that is none (%s) is a page in words',
    async (query) => {
      const page = await new Browser(mire.issuer).get(`/callback/psc${query}`);
      expect([page.status, page.page.querySelector('h1')?.text]).toEqual([
        400,
        expect.stringContaining('Nous ne savons'),
      ]);
    },
  );
});
