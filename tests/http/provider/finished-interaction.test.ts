import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Application } from '../../support/clients/application.ts';
import { Browser } from '../../support/http/browser.ts';
import { type RunningMire, startMire } from '../../support/mire.ts';
import { MDURAND } from '../../support/sign-in/journeys.ts';

describe('an interaction that is finished', () => {
  let mire: RunningMire;
  beforeAll(async () => {
    mire = await startMire();
  });
  afterAll(() => mire.close());

  test('says so to its own browser (409, with the way back), and is unknown to any other (400)', async () => {
    const browser = new Browser(mire.issuer);
    await browser.get((await (await Application.discover(mire.issuer, 'ror')).start()).url);
    const page = await browser.click('Login / Mdp');
    const csrf = page.page.querySelector('[name=_csrf]')?.getAttribute('value') ?? '';
    const back = await browser.submit(MDURAND);
    expect(back.url.searchParams.get('code')).toEqual(expect.any(String));

    const replayed = await browser.post(page.url, { ...MDURAND, _csrf: csrf });
    expect(replayed.status).toBe(409);
    expect(replayed.body).toContain('Cette connexion est déjà terminée');
    expect(replayed.page.querySelector('a.button')?.getAttribute('href')).toBe(`${mire.issuer}/sandbox/apps/ror`);
    expect((await browser.get(page.url)).status).toBe(409);
    expect((await new Browser(mire.issuer).get(page.url)).status).toBe(400);
  });
});
