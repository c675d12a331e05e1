import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { goToCardHost, insertCard, testCard } from '../../support/cards/cards.ts';
import { Application } from '../../support/clients/application.ts';
import { Browser } from '../../support/http/browser.ts';
import { freePort, type RunningMire, startMire } from '../../support/mire.ts';

describe("the sandbox's own TLS front", () => {
  let mire: RunningMire;
  let origin: string;
  beforeAll(async () => {
    const port = await freePort();
    origin = `https://localhost:${port}`;
    mire = await startMire({
      cards: true,
      env: { CARD_TLS_PORT: String(port), CARD_VERIFY_HEADER: 'X-Mire-Card-Verify' },
    });
  });
  afterAll(() => mire?.close());

  const atFront = ({ pathname, search }: URL) => new URL(pathname + search, origin);

  test('takes the certificate of a browser, as a proxy would', async () => {
    const application = await Application.discover(mire.issuer, 'messagerie');
    const browser = new Browser(mire.issuer);
    const started = await application.start();
    const address = await goToCardHost(browser, started.url);
    // The simulated reader leads there.
    const reader = await new Browser(address.origin).get(address);
    expect(reader.page.querySelectorAll('a').map((link) => link.getAttribute('href'))).toContain(atFront(address).href);
    const { location } = await insertCard(mire, atFront(address), 'cps-infirmiere');
    const end = await browser.get(location);
    expect((await started.finish(end.url)).claims()).toMatchObject({ acr: 'eidas3', mire_mode: 'cps' });
  });

  test.each([
    ['expired', 'La carte est en cours de validité'],
    ['signature', 'Il est fait pour'],
  ])('hands the card %s over too, for Mire to say what is wrong', async (id, check) => {
    const { status, body } = await insertCard(mire, new URL('/carte?diagnostic=fr', origin), id);
    expect(status).toBe(403);
    expect(body).toMatch(new RegExp(`${check}[^<]*</th><td>Non`));
  });

  test('overwrites what a client wrote in its headers', async () => {
    const headers = {
      'x-mire-card': encodeURIComponent(testCard(mire, 'cps-medecin').certificatePem),
      'x-mire-card-verify': 'SUCCESS',
    };
    const { status, body } = await insertCard(mire, new URL('/carte?diagnostic=fr', origin), undefined, headers);
    expect(status).toBe(422);
    expect(body).toContain('Aucun certificat');
  });
});
