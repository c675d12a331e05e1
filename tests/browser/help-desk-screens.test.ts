import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import { newSeed } from '../../src/challenges/hotp.ts';
import { describeWith } from '../support/jest/services.ts';
import { type RunningMire, startMire } from '../support/mire.ts';
import { useChromium } from '../support/pages/chromium.ts';
import { inspector } from '../support/pages/screen-flaws.ts';
import { askCode, fillCode, fillPassword, type Person, persona } from '../support/pages/visits.ts';
import { beginLogin } from '../support/sign-in/steps.ts';

const HELPED = 'cpetit';

describeWith('chromium', 'the pages of the help desk are accessible', () => {
  let mire: RunningMire;
  let code = '';
  const idOf = async (login: string) => (await mire.sandbox.parts.storage.accounts.byLoginKey(login))?.account.id ?? '';
  const record = async (login: string) => `${mire.issuer}/assistance/compte/${await idOf(login)}`;

  beforeAll(async () => {
    mire = await startMire({ env: { RATE_LIMIT_FACTOR: '20' } });
    const { storage } = mire.sandbox.parts;
    const at = mire.clock.now();
    for (const agent of ['mdurand', 'kbenali']) await storage.accounts.setRoles(await idOf(agent), ['helpdesk']);
    const accountId = await idOf(HELPED);
    const id = '5a6f9c1e-2b0d-4d8e-9c1e-0a1b2c3d4e5f';
    await storage.authenticators.insert({ id, accountId, seed: newSeed(), at });
    await storage.authenticators.confirm(accountId, id, at);
    await storage.recoveryCodes.replace(accountId, ['ABCDE-FGHJK'], at);
    await storage.passkeys.insert({
      id: '6b7f9c1e-2b0d-4d8e-9c1e-0a1b2c3d4e5f',
      accountId,
      credentialId: 'Y2xlLWRlLWdhcmRl',
      publicKey: Buffer.from('key'),
      counter: 0,
      transports: ['internal'],
      aaguid: '00000000-0000-0000-0000-000000000000',
      synced: false,
      attestationFormat: 'none',
      attestation: Buffer.from('none'),
      name: 'Téléphone de garde du service de maternité, deuxième étage',
      createdAt: at,
    });
    // Something happened: a sign-in that failed.
    const { browser } = await beginLogin(mire);
    const refused = await browser.submit({ login: HELPED, password: 'wrong' });
    code = /[2-9A-Z]{4}-[2-9A-Z]{4}/.exec(refused.page.text)?.[0] ?? '';
    expect(code).not.toBe('');
  });
  afterAll(() => mire?.close());
  const { visit } = useChromium();

  async function enter(page: Page, person?: Person): Promise<void> {
    await page.goto(`${mire.issuer}/compte/entrer?retour=/compte/coordonnees&mode=code-ephemere`);
    await fillPassword(page, person);
    await fillCode(page, await askCode(mire, page));
    await page.goto(`${mire.issuer}/assistance`);
  }

  describe.each(['fr', 'en'] as const)('in %s', (lang) => {
    test('a search and its lists, the trace of a failed sign-in, a record', async () => {
      const { page, look, found } = await inspector(visit, mire.issuer, lang);
      const search = async (wanted: string) => {
        await page.goto(`${mire.issuer}/assistance`);
        await page.locator('[name=wanted]').fill(wanted);
        await Promise.all([page.waitForNavigation(), page.locator('.login-submit').click()]);
      };
      await enter(page);
      await look('start, no request');
      await search('');
      await look('nothing searched', 422);
      await search('Petit');
      expect(await page.locator('a[href^="/assistance/compte/"]').count()).toBe(1);
      await look('people');
      await search('Personne');
      await look('nobody');
      await search('ZZZZ-ZZZZ');
      await look('a support code that nobody has');
      await search(code);
      expect(await page.locator('dl.facts dd').count()).toBeGreaterThan(0);
      await look('a failed sign-in');
      await page.locator('a[href^="/assistance/compte/"]').click();
      await page.locator('[name=action][value=revoke-passkey]').waitFor({ state: 'attached' });
      for (const action of ['revoke-authenticator', 'revoke-codes', 'recovery'])
        expect(await page.locator(`[name=action][value=${action}]`).count()).toBe(1);
      await look('a record');
      const act = async (action: string, email?: string) => {
        const form = page.locator(`form:has([name=action][value=${action}])`);
        if (email !== undefined) await form.locator('[name=email]').fill(email);
        await Promise.all([
          page.waitForNavigation(),
          form.evaluate((element) => (element as unknown as { submit(): void }).submit()),
        ]);
      };
      await act('recovery', '');
      await look('a recovery without an address', 422);
      await act('end-sessions');
      await look('done');
      await page.goto(await record('jmoreau'));
      expect(await page.locator('[name=action][value=unblock]').count()).toBe(1);
      await look('the record of a blocked account');
      await page.goto(await record('kbenali'));
      expect(await page.locator('[name=action]').count()).toBe(0);
      await look('the record of an agent');
      expect(found).toEqual([]);
    });

    test('a supervised recovery: asked by one, seen by the other, declined', async () => {
      const { page, look, found } = await inspector(visit, mire.issuer, lang);
      await enter(page);
      await page.goto(await record(HELPED));
      await page
        .locator('[name=email]')
        .fill('une.adresse.plutot.longue.de.la.maternite@hopital-des-trois-rivieres.example');
      await page.locator('form:has([name=email]) button').click();
      await page.waitForURL(/fait=asked$/);
      await look('asked');
      const other = await inspector(visit, mire.issuer, lang);
      await enter(other.page, persona('kbenali'));
      expect(await other.page.locator('[name=decision]').count()).toBe(2);
      await other.look('what waits for a second agent');
      await other.page.locator('[name=decision][value=decline]').click();
      await other.page.waitForURL(/fait=settled$/);
      await other.look('declined');
      expect([...found, ...other.found]).toEqual([]);
    });

    test('an agent who has lost the role', async () => {
      const { storage } = mire.sandbox.parts;
      await storage.accounts.setRoles(await idOf('kbenali'), []);
      const { page, look, found } = await inspector(visit, mire.issuer, lang);
      await enter(page, persona('kbenali'));
      await look('role missing', 403);
      await storage.accounts.setRoles(await idOf('kbenali'), ['helpdesk']);
      expect(found).toEqual([]);
    });
  });
});
