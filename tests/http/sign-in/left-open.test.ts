import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { LIVES } from '../../../config/lives.ts';
import { Browser, type Visited } from '../../support/http/browser.ts';
import { type RunningMire, startMire } from '../../support/mire.ts';
import { MDURAND, openCodeEphemere } from '../../support/sign-in/journeys.ts';
import { begin, beginLogin } from '../../support/sign-in/steps.ts';

describe('a page that was left open', () => {
  let mire: RunningMire;
  beforeAll(async () => {
    mire = await startMire();
  });
  afterAll(() => mire.close());
  const later = (minutes: number) => mire.clock.forwardAll(minutes * 60);
  const submit = async (browser: Browser): Promise<Visited> => browser.submit(MDURAND);

  test('before anything was sent, begins the same request again, and nothing of it is lost', async () => {
    const { browser, started } = await beginLogin(mire, { parameters: { acr_values: 'eidas1', ui_locales: 'fr' } });
    later(LIVES.interactionBegun / 60 + 2);
    const over = await submit(browser);
    expect([over.status, over.page.text]).toEqual([
      400,
      expect.stringContaining('n’est plus ouverte'.replace('’', "'")),
    ]);
    expect(over.page.text).toContain("La demande de l'application n'est pas perdue");
    await browser.click('Recommencer la connexion');
    await browser.click('Login / Mdp');
    expect((await started.finish((await submit(browser)).url)).claims()).toMatchObject({ acr: 'eidas1' });
  });

  test('after the first step, stays for the whole of a sign-in', async () => {
    const { browser } = await begin(mire, { client: 'messagerie' });
    await openCodeEphemere(browser);
    await submit(browser);
    later(LIVES.interactionBegun / 60 + 10);
    const page = await browser.submit({ channel: 'mail' });
    expect(page.status).toBe(200);
    expect(page.page.querySelector('[name=code]')).not.toBeNull();
  });

  test('another browser is told nothing of it', async () => {
    const { page } = await begin(mire);
    const other = await new Browser(mire.issuer).get(page.url);
    expect([other.status, other.page.text.includes('Recommencer la connexion')]).toEqual([400, false]);
  });
});
