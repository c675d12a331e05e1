import { Agent, request } from 'node:https';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import { texts } from '../../interactions/error/texts.ts';
import type { CardRefusal } from '../../src/cards/card.ts';
import { type BehindProxy, behindNginx } from '../support/cards/card-proxy.ts';
import { testCard } from '../support/cards/cards.ts';
import { Application, CALLBACK } from '../support/clients/application.ts';
import { available, describeWith } from '../support/jest/services.ts';
import { useChromium } from '../support/pages/chromium.ts';
import type { VisitOptions } from '../support/pages/visitors.ts';
import { openMode } from '../support/pages/visits.ts';

/** As the page shows it: French keeps `:` with the word before. */
const sentence = (refusal: CardRefusal) => texts.fr[`error.card-${refusal}.text`].replace(/ ([:?!])/g, '\u00a0$1');

/** Both must be there: the name that is missing is the one to say. */
describeWith(available.nginx ? 'chromium' : 'nginx', 'a card in a real browser, behind a real nginx', () => {
  let front: BehindProxy;
  let application: Application;
  beforeAll(async () => {
    front = await behindNginx();
    application = await Application.discover(front.mire.issuer, 'messagerie', undefined, front.send);
  });
  afterAll(() => front?.close());
  const { visit } = useChromium();

  const inserted = (id: string): VisitOptions => {
    const { certificatePem, privateKeyPem } = testCard(front.mire, id);
    return {
      own: true,
      ignoreHTTPSErrors: true,
      clientCertificates: [
        { origin: front.cardOrigin, cert: Buffer.from(certificatePem), key: Buffer.from(privateKeyPem) },
      ],
    };
  };

  async function clickSignIn(page: Page): Promise<{ finish: Awaited<ReturnType<Application['start']>>['finish'] }> {
    const started = await application.start();
    await page.goto(started.url.href);
    if (!page.url().endsWith('/cps')) await openMode(page, 'cps');
    await page.locator('.login-submit').click();
    return started;
  }

  test.each([true, false])('the holder of a CPS signs in (JavaScript: %s)', async (javaScriptEnabled) => {
    const { page } = await visit({ ...inserted('cps-medecin'), javaScriptEnabled });
    const answered = page.waitForRequest((sent) => sent.url().startsWith(CALLBACK));
    const { finish } = await clickSignIn(page);
    const tokens = await finish(new URL((await answered).url()));
    expect(tokens.claims()).toMatchObject({ acr: 'eidas3', amr: ['sc', 'pin', 'hwk', 'mfa'], mire_mode: 'cps' });
  });

  test.each<[card: string, refusal: CardRefusal]>([
    ['expired', 'expired'],
    ['revoked', 'revoked'],
    ['signature', 'signature-certificate'],
    ['wrong-ca', 'wrong-ca'],
    ['pseudonym', 'pseudonym'],
  ])('the card %s is refused with its own sentence', async (card, refusal) => {
    const { page } = await visit(inserted(card));
    await clickSignIn(page);
    expect(await page.locator('#erreur .alert-title').textContent()).toBe(sentence(refusal));
    expect(new URL(page.url()).origin).toBe(front.mire.issuer);
    expect(await page.locator('.support-code strong').textContent()).toMatch(/^[0-9A-Z-]{9}$/);
  });

  test('without a card, the page says what to try', async () => {
    const { page } = await visit({ ignoreHTTPSErrors: true });
    await clickSignIn(page);
    expect(await page.locator('#erreur .alert-title').textContent()).toBe(sentence('no-certificate'));
  });

  test('the clinic reads the card and is styled on the host of the card', async () => {
    const { page } = await visit(inserted('revoked'));
    await page.goto(`${front.mire.issuer}/diagnostic/carte`);
    await page.locator('.login-submit').click();
    expect(new URL(page.url()).origin).toBe(front.cardOrigin);
    expect(await page.locator('.alert-title').textContent()).toBe(sentence('revoked'));
    expect(await page.locator('.claims tbody tr').count()).toBe(8);
    await page.locator('.button-second').click();
    expect(page.url()).toBe(`${front.mire.issuer}/diagnostic/carte`);
  });

  describe('headers that a client sends through the proxy', () => {
    const forged = () => {
      const card = encodeURIComponent(testCard(front.mire, 'cps-medecin').certificatePem);
      const secret = front.mire.settings.CARD_PROXY_SECRET ?? '';
      return {
        'x-mire-card': card,
        x_mire_card: card,
        'X-Mire_Card': card,
        'x-mire-card-verify': 'SUCCESS',
        'x-mire-proxy-secret': secret,
        host: new URL(front.cardOrigin).host,
      };
    };
    const get = (origin: string, path: string, headers: Record<string, string>) =>
      new Promise<{ status: number; body: string }>((resolve, reject) => {
        const agent = new Agent({ rejectUnauthorized: false, keepAlive: false });
        const sent = request(origin, { path, headers, agent }, async (answer) => {
          let body = '';
          for await (const chunk of answer) body += String(chunk);
          resolve({ status: answer.statusCode ?? 0, body });
        });
        sent.on('error', reject);
        sent.end();
      });

    test('on the host of the card: the proxy overwrites them', async () => {
      const answer = await get(front.cardOrigin, '/carte?diagnostic=fr', forged());
      expect(answer.status).toBe(422);
      expect(answer.body).toContain('Aucun certificat');
    });

    test("on the issuer's host, under the other one's name: the proxy empties them", async () => {
      const answer = await get(front.mire.issuer, '/carte?diagnostic=fr', forged());
      expect(answer.body).toContain('Lecteur simulé');
      expect(
        (await get(front.mire.issuer, '/carte?diagnostic=fr', { ...forged(), host: new URL(front.mire.issuer).host }))
          .status,
      ).toBe(404);
    });

    test.each(['/carte/', '//carte', '/%63arte', '/carte/../carte', '/carte%2f'])('under the path %s', async (path) => {
      const answer = await get(front.cardOrigin, `${path}?diagnostic=fr`, forged());
      // Where nginx takes it for the card's page, it has overwritten them there too.
      expect(answer.body).not.toContain('Votre carte fonctionne');
      expect([404, 422]).toContain(answer.status);
    });
  });
});
