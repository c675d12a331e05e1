import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Issued, makeCard, person } from '../../../src/sandbox/card-certificates.ts';
import {
  asNginx,
  atCardHost,
  cardHost,
  goToCardHost,
  nationalId,
  readCard,
  testCard,
} from '../../support/cards/cards.ts';
import { Application } from '../../support/clients/application.ts';
import { Browser, type Visited } from '../../support/http/browser.ts';
import { raw, wire } from '../../support/http/raw-request.ts';
import { type RunningMire, startMire } from '../../support/mire.ts';

describe('attacks on the card', () => {
  let mire: RunningMire;
  let application: Application;
  let good: string;
  beforeAll(async () => {
    mire = await startMire({ cards: true, env: { CARD_VERIFY_HEADER: 'X-Mire-Card-Verify' } });
    application = await Application.discover(mire.issuer, 'messagerie');
    good = testCard(mire, 'cps-medecin').certificatePem;
  });
  afterAll(() => mire?.close());

  const proxied = (pem = good) => ({ ...asNginx(mire, pem), 'x-mire-card-verify': 'SUCCESS' });
  const without = (name: string) => Object.fromEntries(Object.entries(proxied()).filter(([key]) => key !== name));
  const waiting = async (browser = new Browser(mire.issuer)) => goToCardHost(browser, (await application.start()).url);
  const uidOf = ({ current }: Browser) => current?.redirects[0]?.split('/')[4] ?? '';

  const inInteraction = (uid: string, path: string) => new URL(`/interaction/${uid}/cps${path}`, mire.issuer);

  async function ticket(): Promise<{ browser: Browser; location: URL }> {
    const browser = new Browser(mire.issuer);
    return { browser, location: new URL(await readCard(mire, await waiting(browser), proxied())) };
  }
  const arrived = ({ url }: Visited) => url.href.startsWith('http://localhost:4000/callback?code=');

  test('what the attacks below start from does sign in', async () => {
    const { browser, location } = await ticket();
    expect(arrived(await browser.get(location))).toBe(true);
  });

  describe('a header that no proxy of ours wrote', () => {
    test.each(['x-mire-proxy-secret', 'x-mire-card'])(
      'sent straight to the application, without %s, reads no card',
      async (missing) => {
        const answer = await atCardHost(mire, await waiting(), without(missing));
        expect(answer.headers.location ?? '').not.toContain(good.slice(100, 140));
        if (missing === 'x-mire-proxy-secret') {
          // The sandbox's own reader asks instead.
          expect(answer.status).toBe(200);
          expect(answer.body).toContain('Lecteur simulé');
        } else expect(answer.status).toBe(303);
      },
    );

    test('sent to the issuer, even with the secret, reads no card', async () => {
      const address = await waiting();
      const host = new URL(mire.issuer).host;
      for (const path of ['/carte', '/carte/', '/CARTE', '//carte', '/%63arte', '/carte;x']) {
        const answer = await raw(mire.issuer, { path: path + address.search, headers: { ...proxied(), host } });
        expect([path, answer.status]).toEqual([path, 404]);
      }
    });

    test('in an underscore variant only, the card is not there', async () => {
      const address = await waiting();
      const location = await readCard(mire, address, {
        ...without('x-mire-card'),
        x_mire_card: encodeURIComponent(good),
      });
      expect(location).toContain('/cps/return?ticket=');
      expect(await lastRefusal()).toBe('no-certificate');
    });
  });

  /** Why a card was refused, as the audit has it. */
  async function lastRefusal(): Promise<unknown> {
    const line = await mire.database
      .database('audit')
      .where({ event: 'sign-in.card-refused' })
      .orderBy('id', 'desc')
      .first<{ details: { refusal: string } }>();
    return line?.details.refusal;
  }

  test('two headers, the second one somebody else’s card: neither counts', async () => {
    const address = await waiting();
    const other = encodeURIComponent(testCard(mire, 'cps-infirmiere').certificatePem);
    const lines = Object.entries({ ...proxied() }).map(([name, value]) => `${name}: ${value}`);
    const request = `GET ${address.pathname}${address.search} HTTP/1.1\r\n${lines.join('\r\n')}\r\nX-Mire-Card: ${other}\r\nConnection: close\r\n\r\n`;
    expect(await wire(mire.issuer, request)).toBe(303);
    expect(await lastRefusal()).toBe('unreadable');
  });

  test.each(['FAILED:unable to verify the first certificate', 'FAILED', 'NONE', ''])(
    'the proxy says %j of a good certificate: refused',
    async (verify) => {
      const address = await waiting();
      await readCard(mire, address, { ...proxied(), 'x-mire-card-verify': verify });
      expect(await lastRefusal()).toBe('wrong-ca');
    },
  );

  test('a certificate that our CA of ORGANISATIONS issued', async () => {
    const address = await waiting();
    await readCard(mire, address, proxied(testCard(mire, 'wrong-ca').certificatePem));
    expect(await lastRefusal()).toBe('wrong-ca');
  });

  test('a header of more than 12 KiB, and one that no server would read', async () => {
    const address = await waiting();
    await readCard(mire, address, { ...proxied(), 'x-mire-card': 'a'.repeat(13 * 1024) });
    expect(await lastRefusal()).toBe('unreadable');
    const answer = await atCardHost(mire, await waiting(), { ...proxied(), 'x-mire-card': 'a'.repeat(33 * 1024) });
    expect(answer.status).toBe(431);
  });

  describe('a subject that means to be read as another one', () => {
    const victim = nationalId('kbenali');
    const kept = () =>
      JSON.parse(readFileSync(join(mire.settings.DATA_DIR, 'card-pki.json'), 'utf8')) as { persons: Issued };
    const WHO = { id: '899900009992', family: 'INCONNU', given: 'ALIX', title: 'Médecin' };

    test.each([
      ['a NUL after the victim’s identifier', { ...WHO, id: `${victim}\0.899900009992` }],
      ['/CN= inside the name', { ...WHO, family: `INCONNU/CN=${victim}` }],
      ['+CN= inside the given name', { ...WHO, given: `ALIX+CN=${victim}` }],
      ['a comma and another CN', { ...WHO, family: `INCONNU,CN=${victim}` }],
      ['a line break', { ...WHO, given: `ALIX\nCN=${victim}` }],
    ])('%s: the victim’s account stays closed', async (_, who) => {
      const forged = await makeCard(
        { subject: person(who), notBefore: new Date(Date.now() - 3600_000) },
        kept().persons,
      );
      const browser = new Browser(mire.issuer);
      const location = await readCard(mire, await waiting(browser), proxied(forged.certificatePem));
      const end = await browser.get(location);
      expect(arrived(end)).toBe(false);
      expect([403, 422]).toContain(end.status);
    });
  });

  describe('the ticket', () => {
    const refused = ({ status, page }: Visited) => {
      expect(status).toBe(409);
      expect(page.querySelector('h1')?.text).toContain("n'est plus valable");
    };

    test('used twice', async () => {
      const { browser, location } = await ticket();
      // A replay needs an interaction that still lives: this card opens nothing, and uses its ticket up all the same.
      const second = new Browser(mire.issuer);
      const address = await waiting(second);
      const spent = await readCard(mire, address, proxied(testCard(mire, 'expired').certificatePem));
      expect((await second.get(spent)).status).toBe(403);
      refused(await second.get(spent));
      // And after a success nothing lives that it could open.
      expect(arrived(await browser.get(location))).toBe(true);
      expect((await browser.get(location)).status).toBeGreaterThanOrEqual(400);
    });

    test('used twice at the same moment opens once', async () => {
      const { browser, location } = await ticket();
      const answers = await Promise.all([browser.fetch(location), browser.fetch(location), browser.fetch(location)]);
      expect(answers.map(({ status }) => status).sort()).toEqual([303, 409, 409]);
    });

    test('taken to another browser', async () => {
      const { browser, location } = await ticket();
      const thief = new Browser(mire.issuer);
      expect((await thief.get(location)).status).toBe(400);
      expect(arrived(await browser.get(location))).toBe(true);
    });

    test('taken to another interaction of another browser: neither opens', async () => {
      const { location } = await ticket();
      const thief = new Browser(mire.issuer);
      await waiting(thief);
      const uid = uidOf(thief);
      expect(uid).not.toBe('');
      refused(await thief.get(inInteraction(uid, `/return${location.search}`)));
    });

    test('of a hand-over that somebody else was lured to: their card opens nothing for who sent them', async () => {
      const attacker = new Browser(mire.issuer);
      const address = await waiting(attacker);
      // The victim's own browser shows the card and is sent back with the ticket: it has no cookie of that interaction.
      const victim = new Browser(mire.issuer);
      expect((await victim.get(await readCard(mire, address, proxied()))).status).toBe(400);
      expect((await attacker.get(inInteraction(uidOf(attacker), '/return'))).status).toBe(409);
    });

    test('used after 60 seconds', async () => {
      const { browser, location } = await ticket();
      mire.clock.forward(59);
      const late = await ticket();
      expect(arrived(await browser.get(location))).toBe(true);
      mire.clock.forward(61);
      refused(await late.browser.get(late.location));
    });

    test('guessed or empty', async () => {
      const browser = new Browser(mire.issuer);
      await waiting(browser);
      for (const query of ['', '?ticket=', '?ticket=x', '?ticket=x&ticket=y'])
        refused(await browser.get(inInteraction(uidOf(browser), `/return${query}`)));
    });
  });

  test('a hand-over serves for one card, and for ten minutes', async () => {
    const address = await waiting();
    await readCard(mire, address, proxied());
    expect((await atCardHost(mire, address, proxied())).status).toBe(409);
    const late = await waiting();
    mire.clock.forward(10 * 60 + 1);
    expect((await atCardHost(mire, late, proxied())).status).toBe(409);
    expect((await atCardHost(mire, new URL('/carte?d=guessed', mire.issuer), proxied())).status).toBe(409);
  });

  test("the card's host serves nothing but the card's page", async () => {
    const paths = [
      '/',
      '/authorize',
      '/.well-known/openid-configuration',
      '/token',
      '/sandbox',
      '/diagnostic/carte',
      '/interaction/x',
      '/carte/',
      '/carte/x',
      '/assets/',
    ];
    for (const path of paths) {
      const { status } = await raw(mire.issuer, { path, headers: { host: cardHost(mire) } });
      expect([path, status]).toEqual([path, 404]);
    }
    expect((await raw(mire.issuer, { path: '/healthz', headers: { host: cardHost(mire) } })).status).toBe(200);
  });
});
