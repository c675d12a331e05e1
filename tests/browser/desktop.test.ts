import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import { Agent } from '../support/desktop/agent.ts';
import { describeWith } from '../support/jest/services.ts';
import { freePort, type RunningMire, startMire } from '../support/mire.ts';
import { useChromium, type Visitor } from '../support/pages/chromium.ts';
import {
  application,
  askCode,
  claims,
  codeAfter,
  fillCode,
  fillPassword,
  openMode,
  type Person,
  persona,
} from '../support/pages/visits.ts';

const MDURAND = persona('mdurand');

describeWith('chromium', 'the reference agent and a browser, two real processes', () => {
  let mire: RunningMire;
  let home: string;
  let agents: Agent[] = [];
  const { visit } = useChromium();
  beforeAll(async () => {
    home = mkdtempSync(join(tmpdir(), 'mire-agents-'));
    mire = await startMire({
      env: { RATE_LIMIT_FACTOR: '100', DESKTOP_LOOPBACK_PORT: String(await freePort()) },
    });
  });
  afterEach(async () => {
    await Promise.all(agents.map((agent) => agent.stop()));
    agents = [];
    mire.clock.restore();
  });
  afterAll(async () => {
    await mire?.close();
    rmSync(home, { recursive: true, force: true });
  });

  /** Starts the agent and signs its person in, in the browser that a system would open. */
  async function agentOf(person: Person = MDURAND, { mode = 'code', args = [] as string[], key = 'one' } = {}) {
    const agent = new Agent(mire.issuer, { home: join(home, key), args });
    agents.push(agent);
    const { page } = await visit();
    await page.goto(await agent.signInAddress());
    await openMode(page, mode === 'code' ? 'code-ephemere' : 'login-mdp');
    await fillPassword(page, person);
    if (mode === 'code') await fillCode(page, await askCode(mire, page));
    await page.getByText('Vous pouvez fermer cette page').waitFor();
    await agent.says(/Connecté : .*Poste de garde/);
    await agent.says(/Commandes/);
    return { agent, page };
  }

  /** Asks for MonSisra on the page of sign-in. */
  async function press(app = 'messagerie', visitor?: Visitor): Promise<Page> {
    const { page } = visitor ?? (await visit());
    await page.goto(application(mire, app));
    await openMode(page, 'monsisra');
    await page.locator('form[action$="/monsisra"] .login-submit').click();
    return page;
  }

  /** The same, up to the number and the code. */
  async function ask(app = 'messagerie', visitor?: Visitor): Promise<{ page: Page; number: string; code: string }> {
    const page = await press(app, visitor);
    const number = await page.locator('.match-number').textContent();
    const code = await page.locator('.match-code').textContent();
    return { page, number: number?.trim() ?? '', code: code ?? '' };
  }

  const alertOn = (page: Page) => page.locator('#erreur .alert-title').textContent();

  test('one click in the browser, one number in the application: the page goes on by itself', async () => {
    const { agent } = await agentOf();
    const { page, number } = await ask();
    await agent.says(/Application : Messagerie sécurisée/);
    expect((await agent.says(/Quel nombre[^\n]*\? ([\d /]+)/))[1]).toContain(number);
    agent.type(number);
    await agent.says(/Approuvé/);
    expect(await claims(page)).toMatchObject({
      acr: 'eidas2',
      amr: '["swk","user","pwd","otp","mfa"]',
      mire_mode: 'monsisra',
    });
  });

  test('without JavaScript the code is typed, and "Continuer" goes on', async () => {
    const { agent } = await agentOf();
    const { page, number, code } = await ask('messagerie', await visit({ javaScriptEnabled: false }));
    await page.locator('form[action$="/continue"] .login-submit').click();
    expect(await page.locator('[role=status]').textContent()).toContain("n'a pas encore répondu");
    agent.type(code);
    await agent.says(/Quel nombre/);
    agent.type(number);
    await agent.says(/Approuvé/);
    await page.locator('form[action$="/continue"] .login-submit').click();
    expect(await claims(page)).toMatchObject({ acr: 'eidas2', mire_mode: 'monsisra' });
  });

  test('refused in the application, and a wrong number: the page says which, and offers to start again', async () => {
    const { agent } = await agentOf();
    const visitor = await visit();
    const refused = await ask('messagerie', visitor);
    await agent.says(/Quel nombre/);
    agent.type('r');
    await agent.says(/Refusé/);
    expect(await alertOn(refused.page)).toContain('refusée dans MonSisra');

    await refused.page.locator('form[action$="/monsisra"] .login-submit').click();
    const number = (await refused.page.locator('.match-number').textContent())?.trim();
    const choices = (await agent.says(/Quel nombre[^\n]*\? ([\d /]+)/))[1]?.trim().split(' / ') ?? [];
    agent.type(choices.find((one) => one !== number) ?? '');
    await agent.says(/desktop-wrong-number/);
    expect(await alertOn(refused.page)).toContain("n'est pas celui de la page");
  });

  test('left unanswered, it ends after 90 seconds by itself', async () => {
    const { agent } = await agentOf();
    const { page, number } = await ask();
    await agent.says(/Quel nombre/);
    mire.clock.forward(91);
    expect(await alertOn(page)).toContain('pas été approuvée à temps');
    agent.type(number);
    await agent.says(/desktop-request/);
    mire.clock.forward(-91);
  });

  test('a session too weak for the application: the step-up is offered, and then it is enough', async () => {
    const { agent } = await agentOf(MDURAND, { mode: 'password', key: 'two' });
    // The application may refuse before the number is read: the page then goes on by itself.
    const page = await press();
    await agent.says(/desktop-too-weak/);
    expect(await alertOn(page)).toContain('plus sûre que celle');
    expect(await page.locator('a.mode[href$="/code-ephemere"]').count()).toBe(1);
    // The same device signs in again, more strongly, in the browser that it signed in with.
    agent.type('renforcer');
    const address = await agent.signInAddress();
    const { page: system } = await visit();
    await system.goto(address);
    await openMode(system, 'code-ephemere');
    await fillPassword(system);
    await fillCode(system, await askCode(mire, system));
    await agent.says(/Connecté : Marie Durand \(eidas2\)/);
    await page.locator('form[action$="/monsisra"] .login-submit').click();
    const number = (await page.locator('.match-number').textContent())?.trim() ?? '';
    await agent.says(/Quel nombre/);
    agent.type(number);
    expect(await claims(page)).toMatchObject({ acr: 'eidas2', mire_mode: 'monsisra' });
  });

  test('a device that its person removed approves nothing', async () => {
    const { agent } = await agentOf(MDURAND, { key: 'three' });
    const { page, code } = await ask();
    await agent.says(/Quel nombre/);
    const { storage } = mire.sandbox.parts;
    const account = (await storage.accounts.byLoginKey('mdurand'))?.account.id ?? '';
    const [device] = await storage.desktopDevices.of(account);
    const request = { id: 'x', supportCode: 'TEST-TEST', address: '127.0.0.1' };
    expect(await mire.sandbox.http.desktop.sessions.revoke(account, device?.id ?? '', request)).toBe(true);
    agent.type('r');
    await agent.says(/desktop-token/);
    agent.type(code);
    await agent.says(/desktop-token/);
    expect(await page.locator('.match-number').count()).toBe(1);
  });

  test("another account's device signs in that account, and says so; the first device is refused", async () => {
    const [mine, other] = [
      await agentOf(MDURAND, { key: 'four', args: ['--port', '0'] }),
      await agentOf(persona('kbenali'), { key: 'five', args: ['--port', '0'] }),
    ];
    const { page, number, code } = await ask('messagerie', await visit({ javaScriptEnabled: false }));
    other.agent.type(code);
    await other.agent.says(/Quel nombre/);
    mine.agent.type(code);
    await mine.agent.says(/desktop-request/);
    other.agent.type(number);
    await other.agent.says(/Approuvé/);
    await page.locator('form[action$="/continue"] .login-submit').click();
    expect(await claims(page)).toMatchObject({ name: 'Karim Benali', mire_mode: 'monsisra' });
  });

  test('signed in on another device (device flow), it does the same', async () => {
    const agent = new Agent(mire.issuer, { home: join(home, 'six'), args: ['--device-flow'] });
    agents.push(agent);
    const [, address = '', code = ''] = await agent.says(/ouvrez (\S+) et saisissez ce code : (\S+)/);
    const { page } = await visit();
    await page.goto(address);
    await page.locator('[name=user_code]').fill(code);
    await page.locator('.login-submit').click();
    await page.locator('.login-submit').click();
    await openMode(page, 'code-ephemere');
    await fillPassword(page);
    await fillCode(
      page,
      await codeAfter(mire, page, async () => {
        await page.locator('[name=channel][value=mail]').check();
        await page.locator('.login-submit').click();
      }),
    );
    await agent.says(/Connecté : Marie Durand \(eidas2\)/);
  });
});
