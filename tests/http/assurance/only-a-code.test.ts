import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type NarrowedTo, narrowedApplication } from '../../support/clients/narrowed-client.ts';
import { type RunningMire, startMire } from '../../support/mire.ts';
import { signInDirectly } from '../../support/sign-in/directly.ts';

const PROMISE = "Il ne manque qu'un code";
const MDURAND_ID = '0b7d6a52-1f8e-4a57-9d0c-3e1f5a6b7c01';

describe('the page promised that only a code was missing, when it was not', () => {
  let mire: RunningMire;
  let next = 0;
  beforeAll(async () => {
    mire = await startMire();
  });
  afterAll(() => mire.close());

  /** What the page says to somebody who is signed in by Login / Mdp. */
  async function said(to: NarrowedTo, { login = 'mdurand', parameters = {} as Record<string, string> } = {}) {
    const browser = await signInDirectly(mire, { login });
    const application = await narrowedApplication(mire, `promesse-${++next}`, to);
    const { page, url } = await browser.get((await application.start(parameters)).url);
    expect(url.pathname).toMatch(/^\/interaction\//);
    return page.text;
  }

  test('it says so where it is true', async () => {
    expect(await said({ minimum_acr: 'eidas2' })).toContain(PROMISE);
    expect(await said({ allowed_modes: ['code-ephemere'] })).toContain(PROMISE);
  });

  test('with acr_values=eidas3, which no code reaches', async () => {
    expect(await said({}, { parameters: { acr_values: 'eidas3' } })).not.toContain(PROMISE);
    expect(await said({ minimum_acr: 'eidas3' })).not.toContain(PROMISE);
  });

  test('where the application takes PSC alone, or a passkey alone', async () => {
    expect(await said({ allowed_modes: ['psc'] })).not.toContain(PROMISE);
    expect(await said({ minimum_acr: 'eidas2', allowed_modes: ['cle-acces'] })).not.toContain(PROMISE);
  });

  test('to somebody who has neither mail nor phone verified, until they have an authenticator application', async () => {
    const { storage } = mire.sandbox.parts;
    const somebody = { login: 'tmartin' };
    const page = await said({ minimum_acr: 'eidas2' }, somebody);
    expect(page).toContain("n'a ni adresse mail ni téléphone vérifié");
    expect(page).not.toContain(PROMISE);
    const accountId = (await storage.accounts.byLoginKey('tmartin'))?.account.id ?? '';
    const id = randomUUID();
    await storage.authenticators.insert({ id, accountId, seed: 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP', at: new Date() });
    await storage.authenticators.confirm(accountId, id, new Date());
    expect(await said({ minimum_acr: 'eidas2' }, somebody)).toContain(PROMISE);
  });

  test('to somebody who closed Code Éphémère', async () => {
    const { care } = mire.sandbox.parts.storage;
    await care.closeDoor(MDURAND_ID, 'code-ephemere', mire.clock.now());
    try {
      expect(await said({ minimum_acr: 'eidas2' })).not.toContain(PROMISE);
    } finally {
      await care.openDoor(MDURAND_ID, 'code-ephemere');
    }
  });
});
