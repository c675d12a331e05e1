import { X509Certificate } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { texts } from '../../../interactions/error/texts.ts';
import type { CardRefusal } from '../../../src/cards/card.ts';
import {
  asNginx,
  atCardHost,
  goToCardHost,
  nationalId,
  presentCard,
  readCard,
  testCard,
} from '../../support/cards/cards.ts';
import { Application } from '../../support/clients/application.ts';
import { Browser } from '../../support/http/browser.ts';
import { type RunningMire, startMire } from '../../support/mire.ts';

describe('signing in by card', () => {
  let mire: RunningMire;
  let application: Application;
  beforeAll(async () => {
    mire = await startMire({ cards: true });
    application = await Application.discover(mire.issuer, 'messagerie');
  });
  afterAll(() => mire?.close());

  const audited = (event: string) =>
    mire.database
      .database('audit')
      .where({ event })
      .orderBy('id', 'desc')
      .first<{ details: object; support_code: string; account_id: string }>();

  test.each([
    ['cps-medecin', 'Karim Benali'],
    ['cps-infirmiere', 'Marie Durand'],
  ])('the holder of %s reaches the application at the highest level', async (id, name) => {
    const started = await application.start();
    const end = await presentCard(mire, new Browser(mire.issuer), started.url, id);
    const claims = (await started.finish(end.url)).claims();
    expect(claims).toMatchObject({ acr: 'eidas3', amr: ['sc', 'pin', 'hwk', 'mfa'], mire_mode: 'cps' });
    const account = await mire.sandbox.parts.storage.accounts.byId(claims?.sub ?? '');
    expect(`${account?.givenName} ${account?.familyName}`).toBe(name);
    expect(await audited('sign-in.card-accepted')).toMatchObject({
      account_id: claims?.sub,
      details: { degraded: false },
    });
  });

  test('the page says what to do before clicking, in the words of the guide', async () => {
    const browser = new Browser(mire.issuer);
    await browser.get((await application.start()).url);
    const uid = browser.current?.url.pathname.split('/')[2];
    const { page } = await browser.get(`/interaction/${uid}/cps`);
    expect(page.text).toContain('bien insérée dans le lecteur');
    expect(page.querySelector('.login-submit')?.text).toBe('Se connecter');
  });

  const REFUSED: [card: string, refusal: CardRefusal][] = [
    ['expired', 'expired'],
    ['revoked', 'revoked'],
    ['signature', 'signature-certificate'],
    ['wrong-ca', 'wrong-ca'],
    ['pseudonym', 'pseudonym'],
  ];

  test.each(REFUSED)(
    '%s is refused with its own sentence, and the support code of the audit',
    async (card, refusal) => {
      const browser = new Browser(mire.issuer);
      const shown = await presentCard(mire, browser, (await application.start()).url, card);
      expect(shown.status).toBe(403);
      expect(shown.page.querySelector('#erreur .alert-title')?.text).toBe(
        texts.fr[`error.card-${refusal}.text`].replace(/ ([:?!])/g, '\u00a0$1'),
      );
      const line = await audited('sign-in.card-refused');
      expect(line?.details).toEqual({ refusal });
      expect(shown.page.querySelector('.support-code strong')?.text).toBe(line?.support_code);
      // Still in the interaction, and another card may be tried.
      expect(shown.page.querySelector('.login-submit')).not.toBeNull();
      const english = await browser.get(`${shown.url.pathname}?lang=en`);
      expect(english.page.querySelector('#erreur .alert-title')?.text).toBe(texts.en[`error.card-${refusal}.text`]);
    },
  );

  test('the CPE of somebody without an account opens the form of a first sign-in', async () => {
    const browser = new Browser(mire.issuer);
    const shown = await presentCard(mire, browser, (await application.start()).url, 'cpe');
    expect([shown.status, shown.url.pathname.endsWith('/signup')]).toEqual([200, true]);
  });

  test('no card read, and something that is no certificate', async () => {
    for (const [header, refusal] of [
      ['', 'no-certificate'],
      ['%41%42', 'unreadable'],
    ] as const) {
      const browser = new Browser(mire.issuer);
      const address = await goToCardHost(browser, (await application.start()).url);
      const shown = await browser.get(await readCard(mire, address, { ...asNginx(mire, ''), 'x-mire-card': header }));
      expect(shown.status).toBe(422);
      expect(shown.page.querySelector('#erreur')?.text).toContain(texts.fr[`error.card-${refusal}.text`]);
    }
  });

  test('after a refused card, a good one signs in', async () => {
    const browser = new Browser(mire.issuer);
    const started = await application.start();
    await presentCard(mire, browser, started.url, 'expired');
    const again = (await browser.submit({}, '/cps')).url;
    const end = await browser.get(
      await readCard(mire, again, asNginx(mire, testCard(mire, 'cps-medecin').certificatePem)),
    );
    expect((await started.finish(end.url)).claims()?.acr).toBe('eidas3');
  });

  test('a card of nobody we know opens the sign-up', async () => {
    const shown = await presentCard(mire, new Browser(mire.issuer), (await application.start()).url, 'unknown-person');
    expect([shown.status, shown.page.querySelector('h1')?.text]).toEqual([200, 'Inscription']);
    expect((await audited('sign-in.card-accepted'))?.account_id).toBeNull();
  });

  test('neither certificate, national identifier nor ticket is logged', async () => {
    const browser = new Browser(mire.issuer);
    const address = await goToCardHost(browser, (await application.start()).url);
    const { certificatePem } = testCard(mire, 'cps-medecin');
    const location = await readCard(mire, address, asNginx(mire, certificatePem));
    await browser.get(location);
    const logs = mire.logs.join('');
    const ticket = new URL(location).searchParams.get('ticket') ?? '';
    expect(ticket.length).toBeGreaterThan(40);
    for (const secret of [
      nationalId('kbenali'),
      certificatePem.split('\n')[1] ?? '',
      ticket,
      address.searchParams.get('d') ?? '',
    ]) {
      expect(logs).not.toContain(secret);
    }
    const rows = JSON.stringify(await mire.database.database('card_handovers').select());
    expect(rows).not.toContain(nationalId('kbenali'));
  });

  test('the simulated reader offers the cards of the sandbox, and reads the one that is chosen', async () => {
    const browser = new Browser(mire.issuer);
    const started = await application.start();
    const address = await goToCardHost(browser, started.url);
    const reader = new Browser(address.origin);
    const { page } = await reader.get(address);
    expect(page.querySelectorAll('button[name=card]').length).toBe(9);
    await reader.click('English');
    expect(reader.current?.page.text).toContain('Simulated reader');
    const sent = await reader.submit({ card: 'cps-infirmiere' });
    const end = await browser.get(sent.url);
    expect((await started.finish(end.url)).claims()).toMatchObject({ acr: 'eidas3', mire_mode: 'cps' });
  });

  test('the clinic says what was received and what each check found', async () => {
    const clinic = new Browser(mire.issuer);
    const { page } = await clinic.get('/diagnostic/carte');
    const start = new URL(page.querySelector('.login-submit')?.getAttribute('href') ?? '');
    expect(start.origin).toBe(mire.settings.CPS_ORIGIN);
    const good = await atCardHost(mire, start, asNginx(mire, testCard(mire, 'cps-medecin').certificatePem));
    expect(good.status).toBe(200);
    expect(good.body).toContain('Votre carte fonctionne');
    const revoked = await atCardHost(mire, start, asNginx(mire, testCard(mire, 'revoked').certificatePem));
    expect(revoked.status).toBe(403);
    expect(revoked.body).toContain(texts.fr['error.card-revoked.text'].split(' :')[0]);
    expect(revoked.body).toMatch(/pas en opposition<\/th><td>Non/);
    expect(revoked.body).toMatch(/[2-9A-Z]{4}-[2-9A-Z]{4}/);
    const nothing = await atCardHost(mire, start, asNginx(mire, ''));
    expect(nothing.body).toContain('Aucun certificat');
    expect(nothing.body).not.toContain(nationalId('kbenali'));
  });

  describe('a card that is about to expire', () => {
    /** Seconds until the card has this many days left. */
    const until = (id: string, days: number) => {
      const end = Date.parse(new X509Certificate(testCard(mire, id).certificatePem).validTo);
      return Math.round((end - mire.clock.now().getTime()) / 1000) - days * 86_400;
    };

    test('its holder is told from 60 days before, once, and signs in all the same', async () => {
      // A revocation list that lives as long as the test's clock jumps.
      await mire.database.database('card_crls').update({ next_update: new Date('2100-01-01') });
      mire.clock.forward(until('cps-medecin', 61));
      const early = await application.start();
      const silent = await presentCard(mire, new Browser(mire.issuer), early.url, 'cps-medecin');
      expect(silent.url.searchParams.get('code')).toEqual(expect.any(String));

      mire.clock.forward(until('cps-medecin', 12.5));
      const browser = new Browser(mire.issuer);
      const started = await application.start();
      const notice = await presentCard(mire, browser, started.url, 'cps-medecin');
      expect(notice.status).toBe(200);
      expect(notice.page.text).toContain('Votre carte expire dans 12 jours');
      expect((await audited('sign-in.card-accepted'))?.details).toMatchObject({ expiresInDays: 12 });
      const end = await browser.submit({}, '/continue');
      expect(end.url.searchParams.get('code')).toEqual(expect.any(String));
      expect((await audited('sign-in.succeeded'))?.details).toMatchObject({ amr: ['sc', 'pin', 'hwk', 'mfa'] });
    });

    test('a revocation list past its date: nobody signs in by card', async () => {
      await mire.database.database('card_crls').update({ next_update: new Date('2020-01-01') });
      const shown = await presentCard(mire, new Browser(mire.issuer), (await application.start()).url, 'cps-medecin');
      expect(shown.status).toBe(403);
      expect(shown.page.querySelector('#erreur')?.text).toContain(texts.fr['error.card-revocation-unknown.text']);
    });
  });
});

describe('a declared degraded mode', () => {
  let mire: RunningMire;
  beforeAll(async () => {
    mire = await startMire({ cards: true, env: { CARD_DEGRADED: 'true' } });
    await mire.database.database('card_crls').update({ next_update: new Date('2020-01-01') });
  });
  afterAll(() => mire?.close());

  test('a card whose revocation cannot be known opens eidas2', async () => {
    const application = await Application.discover(mire.issuer, 'messagerie');
    const started = await application.start();
    const end = await presentCard(mire, new Browser(mire.issuer), started.url, 'cps-medecin');
    expect((await started.finish(end.url)).claims()).toMatchObject({ acr: 'eidas2', mire_mode: 'cps' });
  });

  test('an application that asks for eidas3 does not take it', async () => {
    const application = await Application.discover(mire.issuer, 'messagerie');
    const started = await application.start({
      claims: JSON.stringify({ id_token: { acr: { essential: true, values: ['eidas3'] } } }),
    });
    const end = await presentCard(mire, new Browser(mire.issuer), started.url, 'cps-medecin');
    expect(end.status).toBe(403);
    expect(end.page.querySelector('h1')?.text).toBe(texts.fr['error.level-not-reached.title']);
  });

  test('a revoked card stays refused', async () => {
    const application = await Application.discover(mire.issuer, 'messagerie');
    const end = await presentCard(mire, new Browser(mire.issuer), (await application.start()).url, 'revoked');
    expect(end.page.querySelector('#erreur')?.text).toContain(texts.fr['error.card-revoked.text'].split(' :')[0]);
  });
});

describe('a deployment that accepts CPS alone', () => {
  let mire: RunningMire;
  beforeAll(async () => {
    mire = await startMire({ cards: true, env: { CARD_TYPES: 'CPS' } });
  });
  afterAll(() => mire?.close());

  test('refuses the CPE with its own sentence, and opens for the CPS', async () => {
    const application = await Application.discover(mire.issuer, 'messagerie');
    const shown = await presentCard(mire, new Browser(mire.issuer), (await application.start()).url, 'cpe');
    expect(shown.status).toBe(403);
    expect(shown.page.querySelector('#erreur .alert-title')?.text).toBe(texts.fr['error.card-card-type.text']);
    const started = await application.start();
    const end = await presentCard(mire, new Browser(mire.issuer), started.url, 'cps-medecin');
    expect((await started.finish(end.url)).claims()?.acr).toBe('eidas3');
  });
});
