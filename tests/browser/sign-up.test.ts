import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import type { Lang } from '../../interactions/layout/lang.ts';
import { NATIONAL_ID } from '../../src/accounts/account.ts';
import { invite } from '../../src/accounts/invitation.ts';
import { createRegistry } from '../../src/http/metrics.ts';
import { openQueues } from '../../src/main/delivery.ts';
import { noticeTo } from '../support/accounts/account-pages.ts';
import { describeWith } from '../support/jest/services.ts';
import { type RunningMire, startMire } from '../support/mire.ts';
import { useChromium } from '../support/pages/chromium.ts';
import { flaws, PHONE_AND_WINDOW } from '../support/pages/screen-flaws.ts';
import { application, claims, codeAfter, fillCode, openMode } from '../support/pages/visits.ts';

const CARD_OF = '899900009992';
const PHRASE = 'cerise lampe nuage violon';

describeWith('chromium', 'a first sign-in by card, in a real browser', () => {
  let mire: RunningMire;
  beforeAll(async () => {
    mire = await startMire({ cards: true, env: { RATE_LIMIT_FACTOR: '1000', CAPTCHA_WORK: '200' } });
  });
  afterAll(() => mire?.close());
  const { visit } = useChromium();

  const forget = async () => {
    const found = await mire.sandbox.parts.storage.accounts.byIdentity(NATIONAL_ID, CARD_OF);
    if (found) await mire.database.database('accounts').where({ id: found.id }).delete();
    await mire.database.database('sign_up_drafts').delete();
  };

  async function reachForm(page: Page): Promise<void> {
    await page.goto(application(mire, 'messagerie'));
    await openMode(page, 'cps');
    await page.locator('.login-submit').click();
    await page.locator('button[name=card][value=unknown-person]').click();
    await page.locator('.sign-up form').waitFor();
    // Its scripts put more into the form, which moves the buttons: a click in between would miss them.
    await page.waitForLoadState();
  }

  async function fillForm(page: Page, login: string): Promise<void> {
    await page.selectOption('[name=title]', 'DR');
    await page.fill('[name=email]', `${login}@x.example`);
    await page.fill('[name=email_confirmation]', `${login}@x.example`);
    await page.check('[name=wants_login]');
    await page.fill('[name=new_login]', login);
    await page.fill('[name=new_password]', PHRASE);
    await page.fill('[name=new_password_confirmation]', PHRASE);
    await page.fill('[name=phone]', '06 39 98 12 34');
    await page.check('[name=terms]');
  }

  test.each([true, false])('ends in the application (JavaScript: %s)', async (javaScriptEnabled) => {
    await forget();
    const { page } = await visit({ javaScriptEnabled, viewport: { width: 390, height: 844 } });
    await reachForm(page);
    const login = `alix-${javaScriptEnabled ? 'avec' : 'sans'}`;
    await fillForm(page, login);
    await page.selectOption('[name=specialty]', 'SM54');
    if (javaScriptEnabled) await page.locator('altcha-widget [data-state=verified]').waitFor();
    const mail = await codeAfter(mire, page, () => page.locator('.login-submit').click());
    expect(await page.locator('h1').textContent()).toBe('Vérifiez votre adresse mail');
    const sms = await codeAfter(mire, page, () => fillCode(page, mail));
    expect(await page.locator('h1').textContent()).toBe('Vérifiez votre téléphone');
    await fillCode(page, sms);
    const learned = await claims(page);
    expect(learned).toMatchObject({ email: `${login}@x.example`, acr: 'eidas3' });
    expect(learned.given_name).toBe('ALIX');
  });

  test('the lists help: a search finds a profession, and the specialties follow it', async () => {
    await forget();
    const { page } = await visit();
    await reachForm(page);
    const specialties = () =>
      page
        .locator('[name=specialty] optgroup')
        .evaluateAll((groups) => groups.map((group) => (group as unknown as { label: string }).label));
    expect(await specialties()).toEqual(['Médecin']);
    await page.fill('#champ-profession-recherche', 'infirmier');
    expect(await page.locator('[name=profession]').inputValue()).toBe('60');
    expect(await specialties()).toEqual(['Infirmier']);
    await page.fill('#champ-profession-recherche', 'ostéo');
    expect(await page.locator('[name=profession]').inputValue()).toBe('71');
    expect(await specialties()).toEqual([]);
    await page.fill('#champ-profession-recherche', 'astronaute');
    expect(await page.locator('[role=status]').textContent()).toContain('Aucune profession');
    await page.fill('#champ-profession-recherche', '');
    expect(await page.locator('[name=profession] option').first().textContent()).toBe('Profession non renseignée');
  });

  test('the question opens what it asks, and the meter speaks while the password is typed', async () => {
    await forget();
    const { page } = await visit();
    await reachForm(page);
    expect(await page.locator('[name=new_login]').isVisible()).toBe(false);
    await page.check('[name=wants_login]');
    expect(await page.locator('[name=new_login]').isVisible()).toBe(true);
    const meter = page.locator('.meter-text');
    for (const [typed, words] of [
      ['cerise', 'Encore 6 caractères'],
      ['INCONNU0009992-12', 'Trop proche de votre nom ou de votre identifiant'],
      ['aaaaaaaaaaaaaaa', 'Trop régulier'],
      [PHRASE, 'Bon mot de passe'],
    ] as const) {
      await page.fill('[name=new_password]', typed);
      expect((await meter.textContent())?.replaceAll('\u00a0', ' ')).toContain(words);
    }
  });

  test('Annuler goes back to the application', async () => {
    await forget();
    const { page } = await visit();
    await reachForm(page);
    await page.locator('button[formaction]').click();
    await page.waitForURL(/\/sandbox\/apps\/messagerie/);
    expect(await page.locator('main').textContent()).toContain('access_denied');
  });

  describe.each(['fr', 'en'] as const)('every screen is accessible in %s', (lang: Lang) => {
    async function flawsOf(page: Page, name: string): Promise<string[]> {
      const said = await page.locator('html').getAttribute('lang');
      const found = (await flaws(page, PHONE_AND_WINDOW)).map((flaw) => `${name} ${flaw}`);
      return said === lang ? found : [`${name}: in ${said}`, ...found];
    }

    test('from the card to the phone', async () => {
      await forget();
      const { page, context } = await visit({ bypassCSP: true, locale: lang });
      await context.addCookies(
        [mire.issuer, mire.settings.CPS_ORIGIN ?? ''].map((url) => ({ name: 'mire_lang', value: lang, url })),
      );
      const found: string[] = [];
      await reachForm(page);
      found.push(...(await flawsOf(page, 'form')));
      await page.check('[name=wants_login]');
      await page.fill('[name=new_password]', 'cerise');
      found.push(...(await flawsOf(page, 'open form')));
      await page.locator('.login-submit').click();
      await page.locator('#erreur').waitFor();
      found.push(...(await flawsOf(page, 'errors')));
      await page.locator('.notice a').click();
      found.push(...(await flawsOf(page, 'existing')));
      await page.locator('a[href$="?form"]').click();
      await fillForm(page, `axe-${lang}`);
      const mail = await codeAfter(mire, page, () => page.locator('.login-submit').click());
      found.push(...(await flawsOf(page, 'mail')));
      await fillCode(page, mail === '000000' ? '111111' : '000000');
      await page.locator('#erreur').waitFor();
      found.push(...(await flawsOf(page, 'wrong code')));
      await fillCode(page, mail);
      await page.locator('h1').waitFor();
      found.push(...(await flawsOf(page, 'phone')));
      expect(found).toEqual([]);
    });

    test('from an invitation to the form', async () => {
      const { parts } = mire.sandbox;
      const queues = openQueues({ ...parts, registry: createRegistry() });
      const email = `invitee-${lang}@x.example`;
      const how = { issuer: mire.issuer, days: 7, by: 'CHU' };
      await invite({ ...parts, notifier: queues.notifier }, { email, locale: lang }, how);
      await queues.close();
      const { text } = await noticeTo(mire, email, lang === 'fr' ? /Créez votre compte/ : /Create your account/);
      const { page } = await visit({ bypassCSP: true, locale: lang });
      const found: string[] = [];
      await page.goto(/http\S+\/invitation\/\S+/.exec(text)?.[0] ?? '');
      found.push(...(await flawsOf(page, 'invitation')));
      await page.locator('.login-submit').click();
      await page.locator('.sign-up form').waitFor();
      found.push(...(await flawsOf(page, 'invited form')));
      await page.goto(`${mire.issuer}/invitation/fin`);
      found.push(...(await flawsOf(page, 'end')));
      expect(found).toEqual([]);
    });
  });
});
