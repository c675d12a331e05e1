import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import * as client from 'openid-client';
import { PSC_PEOPLE } from '../../../src/sandbox/psc/people.ts';
import { nationalId } from '../../support/cards/cards.ts';
import { Application } from '../../support/clients/application.ts';
import { type RunningMire, startMire } from '../../support/mire.ts';
import { goToPsc, identify, type Means, pscBrowser, pscOf, saidByPsc, signInByPsc } from '../../support/psc/psc.ts';
import { signInByPassword } from '../../support/sign-in/journeys.ts';

describe('Pro Santé Connect', () => {
  let mire: RunningMire;
  let messagerie: Application;
  beforeAll(async () => {
    mire = await startMire();
    messagerie = await Application.discover(mire.issuer, 'messagerie');
  });
  afterAll(() => mire.close());

  const scope = 'openid profile identite_ps scope_all';

  test.each([
    ['MOBILE', 'eidas2', ['swk', 'pin', 'mfa']],
    ['CARD', 'eidas3', ['sc', 'pin', 'hwk', 'mfa']],
  ] as const)('a known person by %s: %s, and what Pro Santé Connect says as it says it', async (means, acr, amr) => {
    const id = nationalId('kbenali');
    const started = await messagerie.start({ scope });
    const back = await signInByPsc(pscBrowser(mire), started.url, id, means);
    const tokens = await started.finish(back.url);
    expect(tokens.claims()).toMatchObject({ acr, amr: [...amr], mire_mode: 'psc', auth_time: expect.any(Number) });
    const said = await client.fetchUserInfo(messagerie.configuration, tokens.access_token, tokens.claims()?.sub ?? '');
    expect(said).toMatchObject({
      national_id: id,
      profession: { code: '10', label: 'Médecin' },
      name: 'Karim Benali',
      ...saidByPsc(id, means),
    });
  });

  test('what one sign-in said belongs to that sign-in: another browser, by password, is told none of it', async () => {
    const ror = await Application.discover(mire.issuer, 'ror');
    const started = await ror.start({ scope });
    const browser = pscBrowser(mire);
    await browser.get(started.url);
    const back = await signInByPassword(browser, started.url, { login: 'kbenali', password: 'Stethoscope-bleu-42' });
    const tokens = await started.finish(back.url);
    const said = await client.fetchUserInfo(ror.configuration, tokens.access_token, tokens.claims()?.sub ?? '');
    expect(said).toMatchObject({ national_id: nationalId('kbenali') });
    expect(said).not.toHaveProperty('SubjectRefPro');
  });

  test('the request is Pro Santé Connect’s own, and says nothing of the interaction', async () => {
    const browser = pscBrowser(mire);
    const started = await messagerie.start();
    const screen = await goToPsc(browser, started.url);
    const request = new URL(screen.redirects.find((address) => address.includes('/auth?')) ?? '');
    expect(request.origin).toBe(pscOf(mire).wallet);
    expect(Object.fromEntries(request.searchParams)).toMatchObject({
      response_type: 'code',
      scope: 'openid scope_all',
      acr_values: 'eidas1',
      code_challenge_method: 'S256',
      redirect_uri: `${mire.issuer}/callback/psc`,
    });
    expect(Buffer.from(request.searchParams.get('nonce') ?? '', 'base64url')).toHaveLength(32);
    for (const absent of ['prompt', 'max_age', 'kc_idp_hint']) expect(request.searchParams.has(absent)).toBe(false);
    const uid = screen.redirects.map((address) => /\/interaction\/([\w-]+)/.exec(address)?.[1]).find(Boolean) ?? '';
    expect(uid).not.toBe('');
    expect(request.href).not.toContain(uid);
  });

  /** Of the request that an application's own causes. */
  async function asked(parameters: Record<string, string>, app = messagerie): Promise<URLSearchParams> {
    const screen = await goToPsc(pscBrowser(mire), (await app.start(parameters)).url);
    return new URL(screen.redirects.find((address) => address.includes('/auth?')) ?? '').searchParams;
  }

  test('an application that demands a fresh proof has it demanded there too', async () => {
    expect((await asked({ prompt: 'login' })).get('prompt')).toBe('login');
    expect((await asked({ prompt: 'login' })).get('max_age')).toBe('0');
    expect((await asked({ max_age: '600' })).get('max_age')).toBe('600');
    expect((await asked({ max_age: '600' })).has('prompt')).toBe(false);
    expect((await asked({ acr_values: 'eidas3' })).get('prompt')).toBe('login');
  });

  test('kc_idp_hint is handed over, unless it is nothing that could be one', async () => {
    expect((await asked({ kc_idp_hint: 'OKTA_chu-exemple' })).get('kc_idp_hint')).toBe('OKTA_chu-exemple');
    expect((await asked({ kc_idp_hint: '"><script>' })).has('kc_idp_hint')).toBe(false);
  });

  test('its own session signs in without a screen, and its auth_time is that of the proof', async () => {
    const browser = pscBrowser(mire);
    const first = await messagerie.start();
    const one = await first.finish((await signInByPsc(browser, first.url, nationalId('mdurand'))).url);
    await browser.jar.removeAllCookies().then(() => undefined);
    const again = pscBrowser(mire);
    const second = await messagerie.start();
    await signInByPsc(again, second.url, nationalId('mdurand'));
    // The session of Mire goes, that of Pro Santé Connect stays.
    for (const cookie of await again.jar.getCookies(mire.issuer)) {
      if (cookie.key.startsWith('mire_'))
        await again.jar.setCookie(`${cookie.key}=; Max-Age=0; Path=${cookie.path}`, mire.issuer);
    }
    mire.clock.forwardAll(120);
    const third = await messagerie.start();
    const back = await goToPsc(again, third.url);
    const tokens = await third.finish(back.url);
    mire.clock.restore();
    expect(tokens.claims()?.acr).toBe('eidas2');
    expect(Number(tokens.claims()?.iat) - Number(tokens.claims()?.auth_time)).toBeGreaterThanOrEqual(119);
    expect(one.claims()?.sub).toBe(tokens.claims()?.sub);
  });

  describe('step-up', () => {
    test('from a password to the e-CPS, in the same session', async () => {
      const ror = await Application.discover(mire.issuer, 'ror');
      const browser = pscBrowser(mire);
      const weak = await ror.start();
      await weak.finish((await signInByPassword(browser, weak.url)).url);
      const strong = await messagerie.start();
      const back = await signInByPsc(browser, strong.url, nationalId('mdurand'));
      expect((await strong.finish(back.url)).claims()).toMatchObject({ acr: 'eidas2', mire_mode: 'psc' });
    });

    test('the e-CPS does not reach eidas3, and says so; the card does', async () => {
      const browser = pscBrowser(mire);
      const started = await messagerie.start({ acr_values: 'eidas3' });
      const refused = await signInByPsc(browser, started.url, nationalId('mdurand'));
      expect(refused.status).toBe(403);
      expect(refused.page.text).toContain('connexion plus sûre');
      await browser.click('Choisir un autre mode');
      await browser.get(`${browser.current?.url.pathname.split('/').slice(0, 3).join('/')}/psc`);
      await browser.submit({}, '/psc');
      const back = await identify(browser, nationalId('mdurand'), 'CARD');
      expect((await started.finish(back.url)).claims()).toMatchObject({ acr: 'eidas3' });
    });
  });

  test('a blocked account opens nothing', async () => {
    const started = await messagerie.start();
    const refused = await signInByPsc(pscBrowser(mire), started.url, nationalId('jmoreau'));
    expect(refused.status).toBe(403);
  });

  test.each(PSC_PEOPLE.filter(({ story }) => story.fr.startsWith("N'a pas")).map(({ nationalId }) => nationalId))(
    '%s, who has no account, comes to the sign-up form',
    async (id) => {
      const started = await messagerie.start();
      const left = await signInByPsc(pscBrowser(mire), started.url, id, 'CARD' satisfies Means);
      expect(left.url.pathname).toMatch(/^\/interaction\/[\w-]+\/signup$/);
    },
  );
});
