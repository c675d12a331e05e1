import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import { describeWith } from '../support/jest/services.ts';
import { type RunningMire, startMire } from '../support/mire.ts';
import { useChromium } from '../support/pages/chromium.ts';
import {
  application,
  claims,
  codeAfter,
  fillCode,
  fillPassword,
  openMode,
  reachCode,
} from '../support/pages/visits.ts';
import { MDURAND } from '../support/sign-in/journeys.ts';

/** The text that a screen reader says after the label of a field. */
async function described(page: Page, name: string): Promise<string> {
  const ids = (await page.locator(`[name=${name}]`).getAttribute('aria-describedby')) ?? '';
  const texts = await Promise.all(ids.split(' ').map((id) => page.locator(`#${id}`).textContent()));
  return texts.join(' ');
}

/** How the element that has the focus is outlined, and what it is. */
const focused = (page: Page) =>
  page.evaluate(`(() => {
    const { outlineStyle, outlineWidth } = getComputedStyle(document.activeElement);
    const { name, tagName, className } = document.activeElement;
    return { what: name || tagName + '.' + className, visible: outlineStyle !== 'none' && parseFloat(outlineWidth) >= 2 };
  })()`) as Promise<{ what: string; visible: boolean }>;

describeWith('chromium', 'the forms, in a real browser', () => {
  let mire: RunningMire;
  beforeAll(async () => {
    mire = await startMire();
  });
  afterAll(() => mire?.close());
  const { visit } = useChromium();

  async function openLogin(page: Page): Promise<void> {
    await page.goto(application(mire, 'ror'));
    await openMode(page, 'login-mdp');
  }

  describe.each([true, false])('JavaScript: %s', (javaScriptEnabled) => {
    test('a wrong password: the error has the focus, the identifier stays, the password does not', async () => {
      const { page } = await visit({ javaScriptEnabled });
      await openLogin(page);
      const answered = page.waitForResponse(
        (response) => response.request().isNavigationRequest() && response.request().method() === 'POST',
      );
      await fillPassword(page, { login: MDURAND.login, password: 'not-the-password' });
      expect((await answered).status()).toBe(401);
      expect(await page.locator('#erreur:focus').textContent()).toContain('Identifiant ou mot de passe incorrect');
      expect(await page.locator('[name=login]').inputValue()).toBe(MDURAND.login);
      expect(await page.locator('[name=password]').inputValue()).toBe('');
      expect(await page.title()).toMatch(/^Erreur/);
      await fillPassword(page);
      await claims(page);
    });

    test('an empty field: the summary leads to it, and its error is read with its label', async () => {
      const { page } = await visit({ javaScriptEnabled });
      await openLogin(page);
      await fillPassword(page, { login: MDURAND.login, password: '' });
      expect(await page.locator('[name=password]').getAttribute('aria-invalid')).toBe('true');
      const error = await page.locator('#erreur a').textContent();
      expect(await described(page, 'password')).toContain(error);
      await page.locator('#erreur a').press('Enter');
      await page.locator('[name=password]:focus').waitFor();
    });

    test('a wrong code: said beside the field, and the right one still works', async () => {
      const { page } = await visit({ javaScriptEnabled });
      const code = await reachCode(mire, page, application(mire, 'messagerie'));
      await fillCode(page, code === '000000' ? '111111' : '000000');
      await page.locator('#erreur:focus').waitFor();
      expect(await described(page, 'code')).toContain("Ce code n'est pas le bon");
      await fillCode(page, code);
      await claims(page);
    });
  });

  test('without JavaScript, asking for another code too soon is refused in words and loses nothing', async () => {
    const { page } = await visit({ javaScriptEnabled: false });
    const first = await reachCode(mire, page, application(mire, 'messagerie'));
    const again = page.getByRole('button', { name: 'Renvoyer un code' });
    const answered = page.waitForResponse((response) => response.url().endsWith('/resend'));
    await again.click();
    const refused = await answered;
    expect(refused.status()).toBe(429);
    expect(Number(refused.headers()['retry-after'])).toBeGreaterThan(0);
    expect(await page.locator('#erreur').textContent()).toContain('Un code vient de vous être envoyé');
    await fillCode(page, first);
    await claims(page);
  });

  test('with JavaScript, the button to get another code waits 30 seconds, then sends one that replaces the first', async () => {
    const { page } = await visit({ own: true });
    await page.clock.install();
    const first = await reachCode(mire, page, application(mire, 'messagerie'));
    const again = page.getByRole('button', { name: 'Renvoyer un code' });
    expect(await again.isDisabled()).toBe(true);
    expect(await again.textContent()).toMatch(/dans (2\d|30) s/);
    await page.clock.runFor(31_000);
    expect(await again.isDisabled()).toBe(false);
    mire.clock.forward(31);
    const second = await codeAfter(mire, page, () => again.click());
    expect(second).not.toBe(first);
    await fillCode(page, first);
    expect(await page.locator('#erreur').count()).toBe(1);
    await fillCode(page, second);
    await claims(page);
  });

  test('two clicks on the button sign in once', async () => {
    const { page } = await visit();
    await openLogin(page);
    await page.locator('[name=login]').fill(MDURAND.login);
    await page.locator('[name=password]').fill(MDURAND.password);
    await page.locator('.login-submit').dblclick();
    expect(await claims(page)).toMatchObject({ acr: 'eidas1' });
  });

  test.each(['none', 'active'] as const)(
    'keyboard only (forced colours: %s): the focus is always seen, Enter submits',
    async (forcedColors) => {
      const { page } = await visit({ forcedColors });
      await openLogin(page);
      await page.keyboard.press('Tab');
      expect((await focused(page)).what).toBe('A.skip');
      await page.keyboard.press('Enter');
      // The jump within the page is a navigation: a Tab pressed before its end would be lost.
      await page.locator('main:focus').waitFor();
      const seen: string[] = [];
      const unseen: string[] = [];
      const tabTo = async (name: string) => {
        for (let step = 0; step < 20; step++) {
          await page.keyboard.press('Tab');
          const { what, visible } = await focused(page);
          seen.push(what);
          if (!visible) unseen.push(what);
          if (what === name) return;
        }
        throw new Error(`no way to ${name} by Tab: ${seen.join(', ')}`);
      };
      await tabTo('login');
      await page.keyboard.type(MDURAND.login);
      await page.keyboard.press('Tab');
      expect(await focused(page)).toEqual({ what: 'password', visible: true });
      await page.keyboard.type(MDURAND.password);
      await tabTo('BUTTON.button login-submit');
      expect(unseen).toEqual([]);
      await page.locator('[name=password]').press('Enter');
      await claims(page);
    },
  );

  test('in forced colours the open tab and the chosen channel still differ from the others', async () => {
    const { page } = await visit({ forcedColors: 'active' });
    await openLogin(page);
    const border = (selector: string) =>
      page.evaluate(`getComputedStyle(document.querySelector('${selector}')).borderTopWidth`);
    expect(await border('.mode[aria-current]')).not.toBe(await border('a.mode:not([aria-current])'));
  });

  test('a script that is not of the service is refused by the content policy', async () => {
    const { page, problems } = await visit();
    await openLogin(page);
    await page.evaluate(
      `document.body.append(Object.assign(document.createElement('script'), { text: 'window.ran = true' }))`,
    );
    expect(await page.evaluate('window.ran')).toBeUndefined();
    expect(problems.splice(0).join(' ')).toContain('Content Security Policy');
  });
});
