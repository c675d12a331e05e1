import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { CDPSession, Page } from 'playwright-core';
import { describeWith } from '../support/jest/services.ts';
import { type RunningMire, startMire } from '../support/mire.ts';
import { useChromium } from '../support/pages/chromium.ts';
import { application, askCode, claims, fillCode, fillPassword, openMode } from '../support/pages/visits.ts';

const NEW = {
  protocol: 'ctap2',
  transport: 'internal',
  hasResidentKey: true,
  hasUserVerification: true,
  isUserVerified: true,
  automaticPresenceSimulation: true,
} as const;

describeWith('chromium', 'passkeys in a browser, with a virtual authenticator', () => {
  let mire: RunningMire;
  beforeAll(async () => {
    mire = await startMire();
  });
  afterAll(() => mire?.close());
  const { visit } = useChromium();

  async function authenticator(page: Page): Promise<{ cdp: CDPSession; authenticatorId: string }> {
    const cdp = await page.context().newCDPSession(page);
    await cdp.send('WebAuthn.enable');
    const { authenticatorId } = await cdp.send('WebAuthn.addVirtualAuthenticator', { options: NEW });
    return { cdp, authenticatorId };
  }

  /** From nobody to a key on the account. */
  async function enrol(page: Page, name: string): Promise<void> {
    await page.goto(`${mire.issuer}/compte/moyens/cle-acces`);
    await openMode(page, 'code-ephemere');
    await fillPassword(page);
    await fillCode(page, await askCode(mire, page));
    await page.locator('[name=name]').fill(name);
    await page.locator('form[data-passkey=add] button').click();
    await page.getByRole('status').waitFor();
  }
  const signOut = (page: Page) => page.context().clearCookies({ name: /session/ });

  test('enrol, sign in passwordless; a cloned counter and a removed key open nothing', async () => {
    const { page } = await visit({ own: true });
    const { cdp, authenticatorId } = await authenticator(page);
    await enrol(page, 'Poste de garde');
    expect(await page.getByRole('heading', { name: 'Poste de garde' }).count()).toBe(1);

    const signIn = async () => {
      await signOut(page);
      await page.goto(`${application(mire, 'messagerie')}/login?mode=cle-acces`);
      await page.locator('form[data-passkey=sign-in] button').click();
    };
    await signIn();
    expect(await claims(page)).toMatchObject({ acr: 'eidas2', mire_mode: 'cle-acces' });

    const { credentials } = await cdp.send('WebAuthn.getCredentials', { authenticatorId });
    const [credential] = credentials;
    if (!credential) throw new Error('the key is gone');
    await cdp.send('WebAuthn.removeCredential', { authenticatorId, credentialId: credential.credentialId });
    await cdp.send('WebAuthn.addCredential', { authenticatorId, credential: { ...credential, signCount: 0 } });
    await signIn();
    await page.getByText('copiée').first().waitFor();

    // Left alone, it would be suggested, and taken, before anything is typed.
    await cdp.send('WebAuthn.setAutomaticPresenceSimulation', { authenticatorId, enabled: false });
    await page.goto(`${mire.issuer}/compte/entrer?retour=/compte/moyens&mode=code-ephemere`);
    await fillPassword(page);
    await fillCode(page, await askCode(mire, page));
    await page.getByText('Suspendue').waitFor();
    await page.getByRole('link', { name: /Renommer ou retirer/ }).click();
    await page.getByRole('button', { name: 'Retirer cette clé' }).click();
    await page.getByRole('status').waitFor();
    await cdp.send('WebAuthn.setAutomaticPresenceSimulation', { authenticatorId, enabled: true });
    await signIn();
    await page.locator('[data-failed]:visible, .alert').first().waitFor();
    expect(page.url()).toContain('/cle-acces');
  });

  test('a key stands beside the password in place of the code', async () => {
    const { page } = await visit({ own: true });
    const { cdp, authenticatorId } = await authenticator(page);
    await enrol(page, 'Téléphone');
    await signOut(page);
    await cdp.send('WebAuthn.setAutomaticPresenceSimulation', { authenticatorId, enabled: false });
    await page.goto(`${application(mire, 'messagerie')}/login?mode=code-ephemere`);
    await fillPassword(page);
    await page.locator('form[data-passkey=sign-in] button').waitFor();
    await cdp.send('WebAuthn.setAutomaticPresenceSimulation', { authenticatorId, enabled: true });
    await page.locator('form[data-passkey=sign-in] button').click();
    const shown = await claims(page);
    expect(shown).toMatchObject({ acr: 'eidas2', mire_mode: 'code-ephemere' });
    expect(shown.amr).toContain('pwd');
  });

  test('the browser suggests the key in the field of the identifier', async () => {
    const { page } = await visit({ own: true });
    await authenticator(page);
    await enrol(page, 'Suggestion');
    await signOut(page);
    await page.goto(`${application(mire, 'messagerie')}/login?mode=code-ephemere`);
    // With a presence that is simulated, the suggestion is taken as soon as it is made.
    expect(await claims(page)).toMatchObject({ mire_mode: 'cle-acces' });
  });

  test('without JavaScript the page says that this way needs it, and the other ways work', async () => {
    const { page } = await visit({ javaScriptEnabled: false });
    await page.goto(application(mire, 'messagerie'));
    await openMode(page, 'cle-acces');
    expect(await page.locator('noscript').textContent()).toContain('JavaScript');
    expect(await page.locator('form[data-passkey] button').isVisible()).toBe(false);
    await openMode(page, 'code-ephemere');
    expect(await page.locator('[name=login]').getAttribute('autocomplete')).toBe('username webauthn');
  });
});
