import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { decodeJwt, importJWK, type JWTPayload, SignJWT, UnsecuredJWT } from 'jose';
import * as client from 'openid-client';
import { openPscKeys } from '../../../src/sandbox/psc/keys.ts';
import { subjectOf } from '../../../src/sandbox/psc/userinfo.ts';
import { nationalId } from '../../support/cards/cards.ts';
import { Application } from '../../support/clients/application.ts';
import type { Browser } from '../../support/http/browser.ts';
import { type RunningMire, startMire } from '../../support/mire.ts';
import { goToPsc, pscBrowser, pscOf, signInByPsc } from '../../support/psc/psc.ts';

const EVENT = 'http://schemas.openid.net/event/backchannel-logout';

describe('leaving, with Pro Santé Connect', () => {
  let mire: RunningMire;
  let messagerie: Application;
  beforeAll(async () => {
    mire = await startMire();
    messagerie = await Application.discover(mire.issuer, 'messagerie');
  });
  afterEach(() => pscOf(mire).faults.clear());
  afterAll(() => mire.close());

  let browser: Browser;
  let idToken: string;
  beforeEach(async () => {
    browser = pscBrowser(mire);
    const started = await messagerie.start();
    const tokens = await started.finish((await signInByPsc(browser, started.url, nationalId('mdurand'))).url);
    idToken = tokens.id_token ?? '';
  });

  /** Signs out of Mire, as an application asks. */
  async function signOut() {
    await browser.get(
      client.buildEndSessionUrl(messagerie.configuration, {
        id_token_hint: idToken,
        post_logout_redirect_uri: 'http://localhost:4000/',
        state: 'of-the-application',
      }),
    );
    return browser.submit({ logout: 'yes' }, '/logout/confirm');
  }
  const isSignedIn = async (who = browser) => {
    const back = await who.get((await messagerie.start({ prompt: 'none' })).url);
    return back.url.searchParams.get('error') === null;
  };

  test('signing out of Mire signs out there too, and ends in the application, though the state was lost', async () => {
    expect(await isSignedIn()).toBe(true);
    const gone = await signOut();
    expect(gone.url.href).toBe('http://localhost:4000/?state=of-the-application');
    const [away] = gone.redirects.filter((address) => address.includes('/protocol/openid-connect/logout'));
    const asked = new URL(away ?? '').searchParams;
    expect(asked.get('post_logout_redirect_uri')).toBe(`${mire.issuer}/callback/psc/logout`);
    expect(decodeJwt(asked.get('id_token_hint') ?? '').iss).toBe(pscOf(mire).issuer);
    const [returned] = gone.redirects.filter((address) => address.startsWith(`${mire.issuer}/callback/psc/logout`));
    expect(new URL(returned ?? '').search).toBe('');
    expect(await isSignedIn()).toBe(false);
    // It has forgotten the person as well.
    const screen = await goToPsc(browser, (await messagerie.start()).url);
    expect(screen.url.origin).toBe(pscOf(mire).wallet);
  });

  test('without an application to go to, it ends on the page that says so', async () => {
    await browser.get(`${mire.issuer}/logout`);
    const done = await browser.submit({ logout: 'yes' }, '/logout/confirm');
    expect(done.url.pathname).toBe('/logout/success');
    expect(done.redirects.some((address) => address.includes('/protocol/openid-connect/logout'))).toBe(true);
  });

  test('nobody but us says where a browser goes after a logout', async () => {
    const stranger = pscBrowser(mire);
    const where = async (cookie?: string, query = '') => {
      const headers = cookie === undefined ? {} : { cookie: `mire_onward=${cookie}` };
      const answer = await stranger.fetch(`${mire.issuer}/callback/psc/logout${query}`, { headers });
      return answer.headers.get('location');
    };
    expect(await where()).toBe('/logout/success');
    expect(await where('aHR0cHM6Ly9hdHRhY2tlci5leGFtcGxl')).toBe('/logout/success');
    expect(await where(undefined, '?state=x&post_logout_redirect_uri=https://attacker.example')).toBe(
      '/logout/success',
    );
  });

  describe('a session that ends there', () => {
    const claims = (changes: JWTPayload = {}): JWTPayload => ({
      iss: pscOf(mire).issuer,
      aud: pscOf(mire).clientId,
      iat: Math.floor(Date.now() / 1000),
      exp: Math.floor(Date.now() / 1000) + 120,
      jti: crypto.randomUUID(),
      sub: subjectOf({ nationalId: nationalId('mdurand') }),
      events: { [EVENT]: {} },
      ...changes,
    });
    async function signed(payload: JWTPayload, header: { typ?: string } = { typ: 'logout+jwt' }): Promise<string> {
      const { signing } = await openPscKeys(mire.settings.DATA_DIR);
      return new SignJWT(payload)
        .setProtectedHeader({ alg: 'RS256', kid: signing.kid ?? '', ...header })
        .sign(await importJWK(signing, 'RS256'));
    }
    const send = async (token: string): Promise<number> => {
      const body = new URLSearchParams({ logout_token: token });
      const answer = await fetch(`${mire.issuer}/backchannel-logout/psc`, { method: 'POST', body });
      expect(answer.headers.get('cache-control')).toBe('no-store');
      return answer.status;
    };

    test('while its keys cannot be read, it is asked to come again', async () => {
      const token = await signed(claims());
      pscOf(mire).faults.add('down');
      expect(await send(token)).toBe(503);
      pscOf(mire).faults.clear();
      expect(await send(token)).toBe(200);
    });

    test('ends here, and is told apart in the audit', async () => {
      expect(await pscOf(mire).endSession(nationalId('mdurand'))).toBe(true);
      expect(await isSignedIn()).toBe(false);
      const [line] = await mire.database
        .database('audit')
        .where({ event: 'session.ended' })
        .orderBy('id', 'desc')
        .limit(1);
      expect(line).toMatchObject({ mode: 'psc', details: { by: 'upstream' } });
    });

    test('by the name of the person, every session of theirs; by that of the session, that one', async () => {
      const second = pscBrowser(mire);
      const started = await messagerie.start();
      await started.finish((await signInByPsc(second, started.url, nationalId('mdurand'))).url);
      const [row] = await mire.database
        .database('sign_ins')
        .whereNotNull('upstream_sid')
        .orderBy('authenticated_at', 'desc')
        .orderBy('created_at', 'desc')
        .limit(1);
      const sid = (await mire.sandbox.parts.storage.signIns.byId(String(row?.id)))?.upstream?.sid ?? '';
      const { sub, ...anonymous } = claims({ sid });
      expect(await send(await signed(anonymous))).toBe(200);
      expect([await isSignedIn(), await isSignedIn(second)].filter(Boolean)).toHaveLength(1);
      expect(await send(await signed(claims()))).toBe(200);
      expect([await isSignedIn(), await isSignedIn(second)]).toEqual([false, false]);
    });

    test('a token is used once', async () => {
      const token = await signed(claims());
      expect(await send(token)).toBe(200);
      expect(await send(token)).toBe(400);
    });

    test.each([
      ['an ID token', async () => signed({ ...claims(), nonce: 'n', events: undefined }, {})],
      ['with a nonce', async () => signed(claims({ nonce: 'n' }))],
      ['of another issuer', async () => signed(claims({ iss: 'https://attacker.example' }))],
      ['for another application', async () => signed(claims({ aud: 'another' }))],
      ['that is over', async () => signed(claims({ iat: 1_700_000_000, exp: 1_700_000_120 }))],
      ['of another event', async () => signed(claims({ events: { 'urn:other': {} } }))],
      ['that names nobody', async () => signed(claims({ sub: undefined } as never))],
      ['without a name of its own', async () => signed(claims({ jti: undefined } as never))],
      ['of another type', async () => signed(claims(), { typ: 'at+jwt' })],
      ['unsigned', async () => new UnsecuredJWT(claims()).encode()],
      [
        'signed with our own secret',
        async () =>
          new SignJWT(claims()).setProtectedHeader({ alg: 'HS256' }).sign(Buffer.from(pscOf(mire).clientSecret)),
      ],
      ['that is none', async () => 'x.y.z'],
      ['that is empty', async () => ''],
    ])('a token %s ends nothing', async (_what, make) => {
      expect(await send(await make())).toBe(400);
      expect(await isSignedIn()).toBe(true);
    });

    test('anything but a form is refused', async () => {
      const address = `${mire.issuer}/backchannel-logout/psc`;
      const json = { method: 'POST', body: '{}', headers: { 'content-type': 'application/json' } };
      expect((await fetch(address, json)).status).toBe(415);
      expect((await fetch(address)).status).toBe(405);
    });
  });

  // Last: it moves the clock of Mire alone, which judges tokens.
  test('when it is down, signing out of Mire is not held up', async () => {
    mire.clock.forward(120);
    pscOf(mire).faults.add('down');
    const gone = await signOut();
    expect(gone.url.href).toBe('http://localhost:4000/?state=of-the-application');
    pscOf(mire).faults.clear();
    mire.clock.forward(120);
    expect(await isSignedIn()).toBe(false);
  });
});
