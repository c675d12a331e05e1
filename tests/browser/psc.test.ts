import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import { nationalId } from '../support/cards/cards.ts';
import { describeWith } from '../support/jest/services.ts';
import { type RunningMire, startMire } from '../support/mire.ts';
import { useChromium } from '../support/pages/chromium.ts';
import { flaws, PHONE_AND_WINDOW } from '../support/pages/screen-flaws.ts';
import { application, claims, fillCode, openMode, reachCode } from '../support/pages/visits.ts';
import { pscOf, saidByPsc } from '../support/psc/psc.ts';
import { messages } from '../support/sign-in/journeys.ts';
import { WITH_LOGIN } from '../support/sign-up/sign-up.ts';

const ALIX = '899900009992';

describeWith('chromium', 'Pro Santé Connect in a real browser', () => {
  let mire: RunningMire;
  beforeAll(async () => {
    mire = await startMire({ cards: true, env: { CAPTCHA_WORK: '2', PSC_TIMEOUT: '30' } });
  });
  afterEach(() => pscOf(mire).faults.clear());
  afterAll(() => mire?.close());
  const { visit } = useChromium();

  /** From an application to the screen of the wallet. */
  async function leave(page: Page, app = 'messagerie'): Promise<void> {
    await page.goto(application(mire, app));
    await openMode(page, 'psc');
    await page.locator('.login-submit').click();
    await page.locator('[name=national_id]').waitFor();
  }
  async function identify(page: Page, id: string, means: 'MOBILE' | 'CARD' = 'MOBILE'): Promise<void> {
    await page.locator('[name=national_id]').fill(id);
    await page.locator(`[name=means][value=${means}]`).click();
    if (means === 'MOBILE') await page.locator('form[action$="/accord"] button').click();
  }

  test.each([true, false])('a known person signs in and out (JavaScript: %s)', async (javaScriptEnabled) => {
    const { page } = await visit({ javaScriptEnabled });
    await leave(page);
    expect(new URL(page.url()).origin).toBe(pscOf(mire).wallet);
    await identify(page, nationalId('mdurand'));
    expect(await claims(page)).toMatchObject({ mire_mode: 'psc', acr: 'eidas2', SubjectNameID: nationalId('mdurand') });
    await page.locator('a[href$="/logout"]').click();
    // With JavaScript the page of Mire sends itself: the application showed the session's own ID token.
    if (!javaScriptEnabled) await page.locator('button[form="op.logoutForm"]').click();
    await page.waitForURL(/\/bye$/);
    await leave(page);
    expect(await page.locator('[name=national_id]').count()).toBe(1);
  });

  test('who has no account fills the form, the application receives what Pro Santé Connect says, and card and code lead to the same account', async () => {
    const { page } = await visit();
    await leave(page);
    await identify(page, ALIX);
    await page.waitForURL(/\/signup$/);
    const sent = mire.sandbox.inbox.list().length;
    for (const name of ['email', 'email_confirmation'] as const)
      await page.locator(`[name=${name}]`).fill(WITH_LOGIN[name]);
    await page.locator('[name=terms]').check();
    await page.locator('[name=wants_login]').check();
    for (const name of ['new_login', 'new_password', 'new_password_confirmation', 'phone'] as const)
      await page.locator(`[name=${name}]`).fill(WITH_LOGIN[name]);
    await page.locator('.login-submit').click();
    for (const [step, count] of [
      ['mail', 1],
      ['phone', 2],
    ] as const) {
      await page.waitForURL(new RegExp(`/signup/${step}$`));
      const [message] = await messages(mire, sent + count);
      await page.locator('[name=code]').fill(message?.code ?? '');
      await page.locator('.login-submit').click();
    }
    const received = await claims(page);
    expect(received).toMatchObject({ mire_mode: 'psc', acr: 'eidas2', national_id: ALIX, email: WITH_LOGIN.email });
    for (const [name, value] of Object.entries(saidByPsc(ALIX)))
      expect([name, received[name]]).toEqual([name, typeof value === 'string' ? value : JSON.stringify(value)]);

    const { page: withCard } = await visit();
    await withCard.goto(application(mire, 'messagerie'));
    await openMode(withCard, 'cps');
    await withCard.locator('.login-submit').click();
    await withCard.locator('[name=card][value=unknown-person]').click();
    expect(await claims(withCard)).toMatchObject({ mire_mode: 'cps', acr: 'eidas3', sub: received.sub });

    const { page: withCode } = await visit();
    const person = { login: WITH_LOGIN.new_login, password: WITH_LOGIN.new_password };
    await fillCode(withCode, await reachCode(mire, withCode, application(mire, 'messagerie'), person));
    expect(await claims(withCode)).toMatchObject({ mire_mode: 'code-ephemere', acr: 'eidas2', sub: received.sub });
  });

  describe.each(['fr', 'en'] as const)('in %s', (locale) => {
    async function flawsOf(page: Page, name: string): Promise<string[]> {
      const said = await page.locator('html').getAttribute('lang');
      const found = (await flaws(page, PHONE_AND_WINDOW)).map((flaw) => `${name} ${flaw}`);
      return said === locale ? found : [`${name}: in ${said}`, ...found];
    }

    test('every screen of it is accessible', async () => {
      const { page, context } = await visit({ bypassCSP: true, locale });
      await context.addCookies([{ name: 'mire_lang', value: locale, url: mire.issuer }]);
      const found: string[] = [];
      await page.goto(application(mire, 'messagerie'));
      await openMode(page, 'psc');
      found.push(...(await flawsOf(page, 'tab')));
      await page.locator('.login-submit').click();
      found.push(...(await flawsOf(page, 'who')));
      await page.locator('[name=national_id]').fill('123');
      await page.locator('[name=means][value=MOBILE]').click();
      found.push(...(await flawsOf(page, 'nobody')));
      await page.locator('[name=national_id]').fill(nationalId('mdurand'));
      await page.locator('[name=means][value=MOBILE]').click();
      found.push(...(await flawsOf(page, 'telephone')));
      await page.locator('form[action$="/annuler"] button').click();
      found.push(...(await flawsOf(page, 'refused')));

      mire.clock.forward(120);
      pscOf(mire).faults.add('down');
      await page.locator('.login-submit').click();
      found.push(...(await flawsOf(page, 'away')));
      pscOf(mire).faults.clear();
      mire.clock.forward(120);

      await page.goto(`${mire.issuer}/sandbox/psc`);
      found.push(...(await flawsOf(page, 'page of the sandbox')));
      await page.locator('[name=fault][value=clock]').check();
      await page.locator('.login-submit').click();
      expect([...pscOf(mire).faults]).toEqual(['clock']);
      expect(found).toEqual([]);
    });
  });
});
