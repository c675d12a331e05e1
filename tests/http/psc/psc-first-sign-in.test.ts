import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import * as client from 'openid-client';
import { presentCard } from '../../support/cards/cards.ts';
import { Application, type Started } from '../../support/clients/application.ts';
import { Browser } from '../../support/http/browser.ts';
import { type RunningMire, startMire } from '../../support/mire.ts';
import { pscBrowser, saidByPsc, signInByPsc } from '../../support/psc/psc.ts';
import { signInByCode } from '../../support/sign-in/journeys.ts';
import { signUp, solvedCaptcha, WITH_LOGIN } from '../../support/sign-up/sign-up.ts';

const ALIX = '899900009992';

describe('the first sign-in by Pro Santé Connect', () => {
  let mire: RunningMire;
  let messagerie: Application;
  beforeAll(async () => {
    mire = await startMire({ cards: true, env: { CAPTCHA_WORK: '2' } });
    messagerie = await Application.discover(mire.issuer, 'messagerie');
  });
  afterAll(() => mire?.close());

  /** What the application learns. */
  async function learned(started: Started, back: URL) {
    const tokens = await started.finish(back);
    const sub = tokens.claims()?.sub ?? '';
    return {
      claims: tokens.claims(),
      info: await client.fetchUserInfo(messagerie.configuration, tokens.access_token, sub),
    };
  }

  test('opens the form, the application learns what Pro Santé Connect says, and card and code lead to the same account', async () => {
    const scope = 'openid profile email phone identite_ps scope_all';
    const browser = pscBrowser(mire);
    const first = await messagerie.start({ scope });
    const form = await signInByPsc(browser, first.url, ALIX);
    expect(form.page.querySelectorAll('.locked').map((name) => name.text)).toEqual(['INCONNU0009992', 'ALIX']);
    expect(form.page.querySelector('[name=profession] option[selected]')?.getAttribute('value')).toBe('10');
    expect(form.page.querySelector('[name=specialty] option[selected]')?.getAttribute('value')).toBe('SM04');
    const end = await signUp(mire, browser, {
      ...WITH_LOGIN,
      specialty: 'SM04',
      ...(await solvedCaptcha(mire)),
    });
    const one = await learned(first, end.url);
    expect(one.claims).toMatchObject({ acr: 'eidas2', amr: ['swk', 'pin', 'mfa'], mire_mode: 'psc' });
    expect(one.info).toMatchObject({
      national_id: ALIX,
      family_name: 'INCONNU0009992',
      given_name: 'ALIX',
      email: WITH_LOGIN.email,
      email_verified: true,
      phone_number_verified: true,
      profession: { code: '10', label: 'Médecin' },
      specialty: { code: 'SM04' },
      ...saidByPsc(ALIX),
    });

    const byCard = await messagerie.start({ scope });
    const card = await presentCard(mire, new Browser(mire.issuer), byCard.url, 'unknown-person');
    const two = await learned(byCard, card.url);
    expect(two.claims).toMatchObject({ sub: one.claims?.sub, acr: 'eidas3', mire_mode: 'cps' });

    const byCode = await messagerie.start({ scope });
    const person = { login: WITH_LOGIN.new_login, password: WITH_LOGIN.new_password };
    const code = await signInByCode(mire, new Browser(mire.issuer), byCode.url, { person });
    const three = await learned(byCode, code.url);
    expect(three.claims).toMatchObject({ sub: one.claims?.sub, acr: 'eidas2', mire_mode: 'code-ephemere' });
    expect(three.info).toMatchObject({ national_id: ALIX });

    const again = await messagerie.start({ scope });
    const back = await signInByPsc(pscBrowser(mire), again.url, ALIX, 'CARD');
    expect((await learned(again, back.url)).claims).toMatchObject({ sub: one.claims?.sub, acr: 'eidas3' });
  });
});
