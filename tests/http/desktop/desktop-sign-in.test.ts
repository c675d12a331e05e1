import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { blockAccount, unblockAccount } from '../../../src/accounts/blocking.ts';
import { CALLBACK } from '../../support/clients/application.ts';
import { askDesktop, goOn, refusal, signedInDesktop } from '../../support/desktop/desktops.ts';
import { type RunningMire, startMire } from '../../support/mire.ts';
import { auditOf } from '../../support/sign-in/steps.ts';
import { testDatabase } from '../../support/storage/database.ts';

const alertOf = (page: { querySelector(selector: string): { text: string } | null }) =>
  page.querySelector('#erreur .alert-title')?.text ?? '';

describe('signing in with the desktop application', () => {
  let mire: RunningMire;
  beforeAll(async () => {
    mire = await startMire({ env: { RATE_LIMIT_FACTOR: '100' } });
  });
  afterAll(() => mire.close());

  test('approved with the number that the page shows, it proves what the desktop proved, when it did', async () => {
    const { desktop } = await signedInDesktop(mire);
    const session = await desktop.session();
    expect(session).toMatchObject({
      account: { name: 'Marie Durand' },
      acr: 'eidas2',
      device: { name: 'Poste de test' },
    });
    mire.clock.forwardAll(120);
    const asked = await askDesktop(mire);
    const request = await desktop.openRequest({ request: asked.request });
    expect(request).toMatchObject({
      kind: 'browser',
      application: { name: 'Messagerie sécurisée' },
      asked_from: 'loopback',
      desktop_at: 'loopback',
      same_network: true,
      browser: 'TestBrowser/1',
    });
    expect(request.choices).toHaveLength(3);
    expect(request.choices).toContain(asked.number);
    await desktop.approve(request.id, asked.number);
    const back = await goOn(asked);
    expect(`${back.url.origin}${back.url.pathname}`).toBe(CALLBACK);
    const claims = (await asked.started.finish(back.url)).claims();
    expect(claims).toMatchObject({
      acr: 'eidas2',
      amr: ['swk', 'user', 'pwd', 'otp', 'mfa'],
      auth_time: session.auth_time,
      mire_mode: 'monsisra',
    });
    const [line] = (await auditOf(mire, 'sign-in.desktop-approved')).slice(-1);
    expect(line?.details).toMatchObject({ device: session.device.id, kind: 'browser' });
  });

  test('the six characters typed in the application do the same, however they are written', async () => {
    const { desktop } = await signedInDesktop(mire);
    const asked = await askDesktop(mire);
    expect(asked.code).toMatch(/^[2-9A-Z]{3} [2-9A-Z]{3}$/);
    const { id } = await desktop.openRequest({ code: asked.code.toLowerCase() });
    await desktop.approve(id, asked.number);
    expect((await goOn(asked)).url.href).toContain(CALLBACK);
  });

  test('"Continuer" before the answer says so, and keeps the request', async () => {
    const { desktop } = await signedInDesktop(mire);
    const asked = await askDesktop(mire);
    const early = await goOn(asked);
    expect([early.status, early.page.querySelector('[role=status]')?.text]).toEqual([
      200,
      "MonSisra n'a pas encore répondu.",
    ]);
    const { id } = await desktop.openRequest({ request: asked.request });
    await desktop.approve(id, asked.number);
    expect((await goOn(asked)).url.href).toContain(CALLBACK);
  });

  test('a wrong number ends the request, is audited, and the right one comes too late', async () => {
    const { desktop } = await signedInDesktop(mire);
    const asked = await askDesktop(mire);
    const { id, choices = [] } = await desktop.openRequest({ request: asked.request });
    const wrong = choices.find((one) => one !== asked.number);
    expect(await refusal(desktop.approve(id, wrong))).toBe('desktop-wrong-number');
    expect(await refusal(desktop.approve(id, asked.number))).toBe('desktop-request');
    const page = await goOn(asked);
    expect(alertOf(page.page)).toContain("n'est pas celui de la page");
    const [line] = (await auditOf(mire, 'sign-in.desktop-refused')).slice(-1);
    expect(line?.details).toMatchObject({ reason: 'wrong-number' });
  });

  test('refused on the desktop, the page says so and offers to start again', async () => {
    const { desktop } = await signedInDesktop(mire);
    const asked = await askDesktop(mire);
    const { id } = await desktop.openRequest({ request: asked.request });
    await desktop.refuse(id);
    const page = await goOn(asked);
    expect(alertOf(page.page)).toContain('refusée dans MonSisra');
    expect((await asked.browser.submit({}, '/monsisra')).page.querySelector('.match-number')).not.toBeNull();
  });

  test('after 90 seconds nobody can approve it', async () => {
    const { desktop } = await signedInDesktop(mire);
    const asked = await askDesktop(mire);
    const { id } = await desktop.openRequest({ request: asked.request });
    mire.clock.forwardAll(91);
    expect(await refusal(desktop.approve(id, asked.number))).toBe('desktop-request');
    expect(alertOf((await goOn(asked)).page)).toContain('pas été approuvée à temps');
  });

  test('an approval that no browser takes within a minute is worth nothing', async () => {
    const { desktop } = await signedInDesktop(mire);
    const asked = await askDesktop(mire);
    const { id } = await desktop.openRequest({ request: asked.request });
    await desktop.approve(id, asked.number);
    mire.clock.forwardAll(151);
    expect(alertOf((await goOn(asked)).page)).toContain('pas été approuvée à temps');
  });

  test('a newer request of the same page takes the place of the first', async () => {
    const { desktop } = await signedInDesktop(mire);
    const asked = await askDesktop(mire);
    await asked.browser.submit({}, '/monsisra');
    expect(await refusal(desktop.openRequest({ request: asked.request }))).toBe('desktop-request');
  });

  test('the first device to open a request keeps it: not that of another account, nor another of the same', async () => {
    const mine = await signedInDesktop(mire);
    const other = await signedInDesktop(mire, { person: { login: 'kbenali', password: 'Stethoscope-bleu-42' } });
    const asked = await askDesktop(mire);
    const { id } = await mine.desktop.openRequest({ request: asked.request });
    expect(await refusal(other.desktop.openRequest({ request: asked.request }))).toBe('desktop-request');
    expect(await refusal(other.desktop.approve(id, asked.number))).toBe('desktop-request');
    await mine.desktop.approve(id, asked.number);
    const back = await goOn(asked);
    expect((await asked.started.finish(back.url)).claims()?.sub).toBe('0b7d6a52-1f8e-4a57-9d0c-3e1f5a6b7c01');
  });

  test('two approvals and two browsers at once: one of each', async () => {
    const { desktop } = await signedInDesktop(mire);
    const asked = await askDesktop(mire);
    const { id } = await desktop.openRequest({ request: asked.request });
    const approvals = await Promise.all([1, 2, 3].map(() => refusal(desktop.approve(id, asked.number))));
    expect(approvals.sort()).toEqual(['desktop-request', 'desktop-request', 'none']);
    const { browser } = asked;
    const csrf = asked.waiting.page.querySelector('[name=_csrf]')?.getAttribute('value') ?? '';
    const action = asked.waiting.page.querySelector('[data-desktop]')?.getAttribute('action') ?? '';
    const press = () =>
      browser.fetch(action, {
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: new URLSearchParams({ _csrf: csrf }).toString(),
      });
    const statuses = (await Promise.all([press(), press(), press()])).map(({ status }) => status);
    expect(statuses.filter((status) => status === 303)).toHaveLength(1);
    expect(statuses.filter((status) => status === 409 || status === 400)).toHaveLength(2);
  });

  test('a desktop session that is too weak ends the request; the page offers the other ways', async () => {
    const { desktop } = await signedInDesktop(mire, { weak: true });
    expect(await desktop.session()).toMatchObject({ acr: 'eidas1', amr: ['swk', 'user', 'pwd'] });
    const asked = await askDesktop(mire);
    expect(await refusal(desktop.openRequest({ request: asked.request }))).toBe('desktop-too-weak');
    const page = await goOn(asked);
    expect(alertOf(page.page)).toContain('plus sûre que celle');
    expect(page.page.querySelectorAll('a.mode').map((link) => link.getAttribute('href')?.split('/').at(-1))).toContain(
      'code-ephemere',
    );
    // Enough for an application that takes a password.
    const weaker = await askDesktop(mire, { client: 'ror' });
    const { id } = await desktop.openRequest({ request: weaker.request });
    await desktop.approve(id, weaker.number);
    const back = await goOn(weaker);
    expect((await weaker.started.finish(back.url)).claims()).toMatchObject({ acr: 'eidas1' });
  });

  test('an application that asks for a recent sign-in is not given an old one', async () => {
    const { desktop } = await signedInDesktop(mire);
    mire.clock.forwardAll(60);
    const asked = await askDesktop(mire, { parameters: { max_age: '30' } });
    expect(await refusal(desktop.openRequest({ request: asked.request }))).toBe('desktop-too-old');
    expect(alertOf((await goOn(asked)).page)).toContain('plus récente');
  });

  test('a blocked person is out at once: neither the desktop nor an approval given before is worth anything', async () => {
    const { storage } = mire.sandbox.parts;
    const { desktop } = await signedInDesktop(mire);
    const asked = await askDesktop(mire);
    const { id } = await desktop.openRequest({ request: asked.request });
    await desktop.approve(id, asked.number);
    const account = (await storage.accounts.byLoginKey('mdurand'))?.account.id ?? '';
    await blockAccount(mire.sandbox.logout, account, 'test');
    try {
      expect(await refusal(desktop.session())).toMatch(/^(?:account-unavailable|desktop-token)$/);
      expect((await goOn(asked)).status).toBe(403);
    } finally {
      await unblockAccount(storage, account);
    }
    // Unblocked, the desktop has to sign in again.
    expect(await refusal(desktop.session())).toBe('desktop-token');
  });

  test('the event stream and the state say that the wait is over, on whichever process asks', async () => {
    const { desktop } = await signedInDesktop(mire);
    const asked = await askDesktop(mire);
    const base = asked.waiting.url.pathname;
    const stream = await asked.browser.fetch(`${base}/events`, { headers: { accept: 'text/event-stream' } });
    expect(stream.headers.get('content-type')).toContain('text/event-stream');
    const state = async () => (await asked.browser.fetch(`${base}/state`)).json();
    expect(await state()).toEqual({ state: 'waiting' });
    const { id } = await desktop.openRequest({ request: asked.request });
    await desktop.approve(id, asked.number);
    expect(await stream.text()).toContain('event: answered');
    expect(await state()).toEqual({ state: 'approved' });
  });
});

test('on PGlite, which is one session, the same road is open', async () => {
  const database = await testDatabase('pglite');
  const mire = await startMire({ database });
  try {
    const { desktop } = await signedInDesktop(mire);
    const asked = await askDesktop(mire);
    const stream = await asked.browser.fetch(`${asked.waiting.url.pathname}/events`);
    const { id } = await desktop.openRequest({ request: asked.request });
    const approvals = await Promise.all([1, 2].map(() => refusal(desktop.approve(id, asked.number))));
    expect(approvals.sort()).toEqual(['desktop-request', 'none']);
    expect(await stream.text()).toContain('event: answered');
    expect((await goOn(asked)).url.href).toContain(CALLBACK);
  } finally {
    await mire.close();
    await database.stop();
  }
});
