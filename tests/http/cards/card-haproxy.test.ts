import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { texts } from '../../../interactions/error/texts.ts';
import { type BehindProxy, behindHaproxy } from '../../support/cards/card-proxy.ts';
import { goToCardHost, insertCard, testCard } from '../../support/cards/cards.ts';
import { Application } from '../../support/clients/application.ts';
import { Browser } from '../../support/http/browser.ts';
import { describeWith } from '../../support/jest/services.ts';

describeWith('haproxy', 'a card behind a real HAProxy', () => {
  let front: BehindProxy;
  let application: Application;
  beforeAll(async () => {
    front = await behindHaproxy();
    application = await Application.discover(front.mire.issuer, 'messagerie');
  });
  afterAll(() => front?.close());

  test('the holder of a CPS signs in', async () => {
    const browser = new Browser(front.mire.issuer);
    const started = await application.start();
    const { location } = await insertCard(front.mire, await goToCardHost(browser, started.url), 'cps-medecin');
    const end = await browser.get(location);
    expect((await started.finish(end.url)).claims()).toMatchObject({ acr: 'eidas3', mire_mode: 'cps' });
  });

  test.each([
    ['expired', 'expired'],
    ['revoked', 'revoked'],
    ['signature', 'signature-certificate'],
    ['wrong-ca', 'wrong-ca'],
    ['pseudonym', 'pseudonym'],
    [undefined, 'no-certificate'],
  ] as const)('the card %s is refused with its own sentence', async (id, refusal) => {
    const browser = new Browser(front.mire.issuer);
    const { location } = await insertCard(front.mire, await goToCardHost(browser, (await application.start()).url), id);
    const { page } = await browser.get(location);
    expect(page.querySelector('#erreur .alert-title')?.text.replaceAll('\u00a0', ' ')).toBe(
      texts.fr[`error.card-${refusal}.text`],
    );
  });

  test('headers that a client sends are overwritten', async () => {
    const der = testCard(front.mire, 'cps-medecin').certificatePem.replace(/-----[^-]+-----|\s/g, '');
    const headers = { 'x-mire-card': der, x_mire_card: der, 'x-mire-card-verify': '0' };
    const { status, body } = await insertCard(
      front.mire,
      new URL('/carte?diagnostic=fr', front.cardOrigin),
      undefined,
      headers,
    );
    expect(status).toBe(422);
    expect(body).toContain('Aucun certificat');
    expect((await insertCard(front.mire, new URL('/authorize', front.cardOrigin), undefined)).status).toBe(404);
  });
});
