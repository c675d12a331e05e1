import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Browser } from '../../support/http/browser.ts';
import { type RunningMire, startMire } from '../../support/mire.ts';

describe('every message, at /sandbox/courriers', () => {
  let mire: RunningMire;
  beforeAll(async () => {
    mire = await startMire();
  });
  afterAll(() => mire.close());
  const get = (path: string) => fetch(`${mire.issuer}${path}`);

  test('each mail opens laid out, in the dark and as text, and brings nothing from outside', async () => {
    const page = await new Browser(mire.issuer).get(`${mire.issuer}/sandbox/courriers`);
    const links = [...page.body.matchAll(/href="(\/sandbox\/courriers\/[^"]+)"/g)].map(([, href = '']) => href);
    expect(links.length).toBeGreaterThan(60);
    for (const href of links.slice(0, 3)) expect((await get(href)).status).toBe(200);
    const laidOut = await get('/sandbox/courriers/password-changed/fr');
    expect(laidOut.headers.get('content-security-policy')).toMatch(
      /^default-src 'none'; style-src 'unsafe-inline'.*sandbox$/,
    );
    expect(await laidOut.text()).toContain('Annuler ce changement');
    expect(await (await get('/sandbox/courriers/password-changed/en?sombre')).text()).toContain('@media all{');
    expect(await (await get('/sandbox/courriers/password-changed/en?texte')).text()).toContain('Undo this change');
  });

  test('a message or a language that there is not is not found', async () => {
    for (const path of ['nothing/fr', 'password-changed/de'])
      expect((await get(`/sandbox/courriers/${path}`)).status).toBe(404);
  });
});
