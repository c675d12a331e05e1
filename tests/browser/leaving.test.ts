import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { strangerRequest } from '../support/clients/stranger.ts';
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
import { MDURAND } from '../support/sign-in/journeys.ts';

describeWith('chromium', 'leaving, coming back and coming twice', () => {
  let mire: RunningMire;
  beforeAll(async () => {
    mire = await startMire({ cards: true });
  });
  afterAll(() => mire?.close());
  const { visit } = useChromium();

  test.each([true, false])(
    'leaving from any step tells the application access_denied (JavaScript: %s)',
    async (javaScriptEnabled) => {
      const { page } = await visit({ javaScriptEnabled });
      const leave = async () => {
        await page.getByRole('button', { name: "Retour à l'application" }).click();
        expect(await page.locator('[role=alert]').textContent()).toContain('access_denied');
      };
      await page.goto(application(mire, 'ror'));
      await leave();
      await page.goto(application(mire, 'messagerie'));
      await openMode(page, 'code-ephemere');
      await fillPassword(page);
      await leave();
      await reachCode(mire, page, application(mire, 'messagerie'), persona('kbenali'));
      await leave();
      await signInByPassword(page, application(mire, 'ror'), persona('cpetit'));
      await leave();
      expect((await page.goto(mire.issuer))?.status()).toBe(200);
      expect(await page.locator('.identity').count()).toBe(0);
    },
  );

  test.each([true, false])(
    'Back after a sign-in meets a clear page with a way out (JavaScript: %s)',
    async (javaScriptEnabled) => {
      const { page } = await visit({ javaScriptEnabled });
      await signInByPassword(page, application(mire, 'ror'));
      await claims(page);
      const answer = await page.goBack();
      expect([400, 409]).toContain(answer?.status());
      expect(await page.locator('.card-error h1').textContent()).toMatch(/connexion/);
      await page.locator('.card-error .buttons a').first().click();
      expect(await page.locator('main').textContent()).toContain('Marie Durand');
    },
  );

  test('Back and Forward between the steps lose nothing: the code that was sent still works', async () => {
    const { page } = await visit();
    const first = await reachCode(mire, page, application(mire, 'messagerie'));
    await page.goBack();
    await page.goForward();
    await fillCode(page, first);
    await claims(page);
  });

  test('two tabs sign in to two applications, in either order', async () => {
    const { page, context } = await visit();
    const other = await context.newPage();
    await page.goto(application(mire, 'ror'));
    await openMode(page, 'login-mdp');
    await other.goto(application(mire, 'messagerie'));
    await openMode(other, 'code-ephemere');
    await fillPassword(other);
    await fillCode(other, await askCode(mire, other));
    expect(await claims(other)).toMatchObject({ acr: 'eidas2' });
    await fillPassword(page);
    expect(await claims(page)).toMatchObject({ name: 'Marie Durand' });
  });

  test('two tabs of one person on one application: the second to end is not lost', async () => {
    const { page, context } = await visit();
    const other = await context.newPage();
    for (const one of [page, other]) await one.goto(application(mire, 'ror'));
    for (const one of [page, other]) {
      await openMode(one, 'login-mdp');
      await fillPassword(one);
      expect(await claims(one)).toMatchObject({ name: 'Marie Durand' });
    }
  });

  test('a colleague takes over the computer at the step-up: signs in as themself, and is who the application sees', async () => {
    const { page } = await visit();
    await signInByPassword(page, application(mire, 'ror'));
    await claims(page);
    await page.goto(application(mire, 'messagerie'));
    await page.getByRole('link', { name: /Ce n'est pas vous/ }).click();
    await fillPassword(page, persona('kbenali'));
    await fillCode(page, await askCode(mire, page));
    await page.getByRole('button', { name: 'Continuer en tant que Karim Benali' }).click();
    expect(await claims(page)).toMatchObject({ name: 'Karim Benali', acr: 'eidas2' });
    await page.goto(mire.issuer);
    expect(await page.locator('.identity h2').textContent()).toBe('Karim Benali');
  });

  test('an application that is not of the platform asks for consent, and a refusal or a yes reaches it', async () => {
    const its = createServer((_request, response) => response.end('back'));
    await once(its.listen(0, 'localhost'), 'listening');
    const { port } = its.address() as AddressInfo;
    const request = await strangerRequest(mire, 'Agenda partagé', `http://localhost:${port}/callback`);
    const { page } = await visit();
    const code = await reachCode(mire, page, request);
    await fillCode(page, code);
    expect(await page.locator('h1').textContent()).toContain('Agenda partagé');
    await page.locator('[name=decision][value=refuse]').click();
    await page.waitForURL(/error=access_denied/);
    await page.goto(request);
    await page.locator('[name=decision][value=accept]').click();
    await page.waitForURL(/[?&]code=/);
    its.closeAllConnections();
    its.close();
  });

  test('another address of the same machine says that it is wrong, and leads to the right one', async () => {
    const { page, problems } = await visit();
    const answer = await page.goto(mire.issuer.replace('localhost', 'mire.localhost'));
    expect(answer?.status()).toBe(421);
    await page.getByRole('link', { name: 'Choisir une application' }).click();
    expect(page.url()).toBe(`${mire.issuer}/`);
    // The card's host has no home page, and knows where it is.
    expect((await page.goto(mire.settings.CPS_ORIGIN ?? ''))?.status()).toBe(404);
    await page.getByRole('link', { name: 'Choisir une application' }).click();
    expect(page.url()).toBe(`${mire.issuer}/`);
    // At a wrong address not even the style sheet is served.
    problems.splice(0);
  });

  describe('an hour later', () => {
    test.each([true, false])(
      'a form that stayed open says so, and shows a way on (JavaScript: %s)',
      async (javaScriptEnabled) => {
        const { page } = await visit({ javaScriptEnabled });
        await page.goto(application(mire, 'ror'));
        await openMode(page, 'login-mdp');
        // The library judges by the machine's own time: the hour passes in the database.
        await mire.database.database('oidc_models').where({ model: 'Interaction' }).delete();
        const answered = page.waitForResponse(
          (response) => response.request().isNavigationRequest() && response.request().method() === 'POST',
        );
        await fillPassword(page, MDURAND);
        expect((await answered).status()).toBe(400);
        expect(await page.locator('h1').textContent()).toContain("n'est plus ouverte");
        expect(await page.locator('.card-error .buttons a.button:not(.button-second)').count()).toBe(1);
      },
    );
  });
});
