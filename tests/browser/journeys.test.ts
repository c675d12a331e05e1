import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { describeWith } from '../support/jest/services.ts';
import { type RunningMire, startMire } from '../support/mire.ts';
import { useChromium } from '../support/pages/chromium.ts';
import {
  application,
  askCode,
  claims,
  fillCode,
  fillPassword,
  openMode,
  persona,
  reachCode,
  signInByPassword,
} from '../support/pages/visits.ts';

describeWith('chromium', 'a professional in a real browser', () => {
  let mire: RunningMire;
  beforeAll(async () => {
    mire = await startMire();
  });
  afterAll(() => mire?.close());
  const { visit } = useChromium();

  describe.each([true, false])('JavaScript: %s', (javaScriptEnabled) => {
    test('signs in to the ROR by Login / Mdp', async () => {
      const { page } = await visit({ javaScriptEnabled });
      await page.goto(application(mire, 'ror'));
      await openMode(page, 'login-mdp');
      await fillPassword(page);
      expect(await claims(page)).toMatchObject({ acr: 'eidas1', amr: '["pwd"]', name: 'Marie Durand' });
    });

    test.each([
      ['mail', '["pwd","otp","mfa"]'],
      ['sms', '["pwd","otp","mfa","sms"]'],
    ] as const)('signs in to the messagerie by Code éphémère sent by %s', async (channel, amr) => {
      const { page } = await visit({ javaScriptEnabled });
      await page.goto(application(mire, 'messagerie'));
      if (!page.url().endsWith('/code-ephemere')) await openMode(page, 'code-ephemere');
      await fillPassword(page, persona('kbenali'));
      const code = await askCode(mire, page, channel);
      await page.locator('[name=code]:focus').waitFor();
      // As it stands in the message: pasted with its space.
      await fillCode(page, `${code.slice(0, 3)} ${code.slice(3)}`);
      expect(await claims(page)).toMatchObject({ acr: 'eidas2', amr, mire_mode: 'code-ephemere' });
    });

    test('goes from the ROR to the messagerie with a code only, then to the portal without a page', async () => {
      const { page } = await visit({ javaScriptEnabled });
      await signInByPassword(page, application(mire, 'ror'));
      await claims(page);
      await page.goto(application(mire, 'messagerie'));
      expect(await page.locator('.step-up').textContent()).toContain('Marie Durand');
      expect(await page.locator('[name=password]').count()).toBe(0);
      await fillCode(page, await askCode(mire, page));
      expect(await claims(page)).toMatchObject({ acr: 'eidas2', amr: '["pwd","otp","mfa"]' });
      await page.goto(application(mire, 'portail'));
      expect(page.url()).toBe(application(mire, 'portail'));
      expect(await claims(page)).toMatchObject({ acr: 'eidas2', mire_mode: 'code-ephemere' });
    });

    test('accepts new terms of use once', async () => {
      const person = javaScriptEnabled ? persona('cpetit') : persona('mdurand');
      // Each run needs somebody who has not accepted yet.
      await mire.database.database('accounts').where({ login_key: person.login }).update({ terms_version: null });
      const { page } = await visit({ javaScriptEnabled });
      await signInByPassword(page, application(mire, 'ror'), person);
      expect(await page.locator('h1').textContent()).toContain('conditions');
      await page.locator('.login-submit').click();
      expect(await claims(page)).toMatchObject({ acr: 'eidas1' });
      await page.context().clearCookies();
      await signInByPassword(page, application(mire, 'portail'), person);
      await claims(page);
    });

    test('a blocked person is told whom to call, and can still leave', async () => {
      const { page } = await visit({ javaScriptEnabled });
      await signInByPassword(page, application(mire, 'ror'), persona('jmoreau'));
      const alert = page.locator('#erreur');
      expect(await alert.textContent()).toContain('assistance');
      expect(await alert.locator('.support-code strong').textContent()).toMatch(/^[0-9A-Z-]{6,}$/);
      await page.getByRole('button', { name: "Retour à l'application" }).click();
      expect(await page.locator('[role=alert]').textContent()).toContain('access_denied');
    });

    test('signs out from the home page after a confirmation, and the next application asks again', async () => {
      const { page } = await visit({ javaScriptEnabled });
      await signInByPassword(page, application(mire, 'ror'));
      await claims(page);
      const signOut = async () => {
        await page.goto(mire.issuer);
        await page.getByRole('link', { name: 'Se déconnecter' }).click();
      };
      await signOut();
      expect(await page.locator('h1').textContent()).toContain('Voulez-vous vous déconnecter');
      await page.getByRole('link', { name: 'Rester connecté' }).click();
      expect(await page.locator('.identity h2').textContent()).toBe('Marie Durand');
      await signOut();
      await page.getByRole('button', { name: 'Se déconnecter' }).click();
      expect(await page.locator('h1').textContent()).toContain('Vous êtes déconnecté');
      await page.goto(application(mire, 'portail'));
      expect(await page.locator('.modes').count()).toBe(1);
    });

    test('signs out from the application, and comes back to it', async () => {
      const { page } = await visit({ javaScriptEnabled });
      await signInByPassword(page, application(mire, 'ror'));
      await page.getByRole('link', { name: 'Se déconnecter' }).click();
      // Where the application's own token says who asks, the page may confirm by itself.
      if (!javaScriptEnabled) await page.getByRole('button', { name: 'Se déconnecter' }).click();
      await page.waitForURL(`${application(mire, 'ror')}/bye**`);
    });

    test('a language switch keeps the step, and the code still works', async () => {
      const { page } = await visit({ javaScriptEnabled });
      const code = await reachCode(mire, page, application(mire, 'messagerie'));
      await page.getByRole('link', { name: 'English' }).click();
      expect(await page.locator('html').getAttribute('lang')).toBe('en');
      expect(await page.locator('h3').first().textContent()).toBe('Enter the code you received');
      await fillCode(page, code);
      expect(await claims(page)).toMatchObject({ acr: 'eidas2' });
    });
  });
});
