import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import * as client from 'openid-client';
import { demoClients } from '../../../src/sandbox/clients.ts';
import { DesktopClient } from '../../../src/sandbox/desktop-client.ts';
import { saveStructure } from '../../../src/structures/saving.ts';
import { structureDefinition } from '../../../src/structures/structure.ts';
import { Application } from '../../support/clients/application.ts';
import { CIBA, type NarrowedTo, narrow, narrowedApplication } from '../../support/clients/narrowed-client.ts';
import { refusal, signedInDesktop } from '../../support/desktop/desktops.ts';
import type { Browser } from '../../support/http/browser.ts';
import { type RunningMire, startMire } from '../../support/mire.ts';
import { type DirectSignIn, signInDirectly } from '../../support/sign-in/directly.ts';
import { messages } from '../../support/sign-in/journeys.ts';

const MDURAND_ID = '0b7d6a52-1f8e-4a57-9d0c-3e1f5a6b7c01';
const CHU = { provider: 'structure:chu', structure: { id: 'chu', name: 'CHU', roles: [] } };

const errorOf = (call: Promise<unknown>): Promise<string> =>
  call.then(
    () => 'a token',
    (error: { error?: string }) => error.error ?? String(error),
  );

describe('a session opened what the page would have refused', () => {
  let mire: RunningMire;
  let next = 0;
  beforeAll(async () => {
    mire = await startMire({ env: { RATE_LIMIT_FACTOR: '1000' } });
  });
  afterAll(() => mire.close());

  const applicationFor = (to: NarrowedTo) => narrowedApplication(mire, `etroite-${++next}`, to);
  /** What the session of this sign-in gets from an application: a code, an error, or the page. */
  async function reach(as: DirectSignIn, to: NarrowedTo | string, parameters: Record<string, string> = {}) {
    const browser = as.browser ?? (await signInDirectly(mire, as));
    const application = typeof to === 'string' ? await Application.discover(mire.issuer, to) : await applicationFor(to);
    const started = await application.start(parameters);
    const page = await browser.get(started.url);
    const { searchParams } = page.url;
    const said = searchParams.has('code') ? 'a code' : (searchParams.get('error') ?? page.url.pathname.split('/')[1]);
    return { browser, application, started, page, said };
  }
  /** The modes that the page leads to: the open one, and the tabs. */
  function tabsOf({ url, page }: Awaited<ReturnType<Browser['get']>>): string[] {
    const uid = url.pathname.split('/')[2];
    const links = page.querySelectorAll('nav.modes a').map((link) => link.getAttribute('href') ?? '');
    const tabs = links
      .filter((href) => href.startsWith(`/interaction/${uid}/`))
      .map((href) => href.split('/')[3] ?? '');
    return [...new Set([url.pathname.split('/')[3] ?? '', ...tabs])].sort();
  }

  test('an application of the card alone opened silently for a Login / Mdp session', async () => {
    const cards = { allowed_modes: ['cps'] } as const;
    expect((await reach({}, cards, { prompt: 'none' })).said).toBe('unmet_authentication_requirements');
    const { said, page } = await reach({}, cards);
    expect([said, tabsOf(page)]).toEqual(['interaction', ['cps']]);
    expect(page.page.querySelector('.step-up')?.text).toContain('Login / Mdp');
    const english = await reach({}, cards, { ui_locales: 'en' });
    expect(english.page.page.querySelector('.step-up')?.text).toContain('choose another way');
  });

  test('a Code Éphémère session was let in to an application of PSC alone, with mode=psc in the request too', async () => {
    const psc = { allowed_modes: ['psc'] } as const;
    const session = { acr: 'eidas2', mode: 'code-ephemere' } as const;
    for (const parameters of [{}, { mode: 'psc' }, { mode: 'code-ephemere' }] as Record<string, string>[]) {
      const { said, page } = await reach(session, psc, parameters);
      expect([parameters, said, tabsOf(page)]).toEqual([parameters, 'interaction', ['psc']]);
    }
  });

  test('the modes of the page, once one of them signed the person in, are not asked again', async () => {
    const { browser, started } = await reach({ acr: 'eidas3' }, { allowed_modes: ['login-mdp'] });
    const back = await browser.submit({ login: 'mdurand', password: 'Mire-sandbox-2026!' });
    expect((await started.finish(back.url)).claims()).toMatchObject({ acr: 'eidas1' });
  });

  test('a password that a code completes counts as Code Éphémère: with that mode alone it opens, without it does not', async () => {
    const opened = await reach({}, { minimum_acr: 'eidas2', allowed_modes: ['code-ephemere'] });
    expect(opened.page.page.querySelector('[name=password]')).toBeNull();
    const sent = mire.sandbox.inbox.list().length;
    await opened.browser.submit({ channel: 'mail' });
    const [message] = await messages(mire, sent + 1);
    const back = await opened.browser.submit({ code: message?.code ?? '' });
    expect((await opened.started.finish(back.url)).claims()).toMatchObject({ acr: 'eidas2' });
    const after = await reach({ browser: opened.browser }, { allowed_modes: ['login-mdp', 'cps'] }, { prompt: 'none' });
    expect(after.said).toBe('unmet_authentication_requirements');
  });

  test('a way of signing in that its owner closed still opened, and went on refreshing', async () => {
    const { care } = mire.sandbox.parts.storage;
    const { started, page, application, browser } = await reach({}, {}, { scope: 'openid' });
    const tokens = await started.finish(page.url);
    await care.closeDoor(MDURAND_ID, 'login-mdp', mire.clock.now());
    try {
      expect((await reach({ browser }, {}, { prompt: 'none' })).said).toBe('unmet_authentication_requirements');
      const refreshed = client.refreshTokenGrant(application.configuration, tokens.refresh_token ?? '');
      expect(await errorOf(refreshed)).toBe('invalid_grant');
    } finally {
      await care.openDoor(MDURAND_ID, 'login-mdp');
    }
  });

  describe('on the desktop', () => {
    const ask = (application: Application) =>
      client.initiateBackchannelAuthentication(application.configuration, { scope: 'openid', login_hint: 'mdurand' });
    const poll = (application: Application, { auth_req_id }: { auth_req_id: string }) =>
      errorOf(client.genericGrantRequest(application.configuration, CIBA, { auth_req_id }));

    test('an application that does not take MonSisra asked on it all the same', async () => {
      const asked = mire.sandbox.parts.storage.desktopRequests.waitingFor(MDURAND_ID, mire.clock.now());
      const before = (await asked).length;
      expect(await errorOf(ask(await applicationFor({ allowed_modes: ['cps'] })))).toBe('unauthorized_client');
      expect(await errorOf(ask(await applicationFor({ minimum_acr: 'eidas3' })))).toBe(
        'unmet_authentication_requirements',
      );
      const { care, desktopRequests } = mire.sandbox.parts.storage;
      await care.closeDoor(MDURAND_ID, 'monsisra', mire.clock.now());
      expect(await errorOf(ask(await applicationFor({})))).toBe('access_denied');
      await care.openDoor(MDURAND_ID, 'monsisra');
      expect(await desktopRequests.waitingFor(MDURAND_ID, mire.clock.now())).toHaveLength(before);
    });

    test.each<[string, NarrowedTo, string]>([
      ['its modes', { allowed_modes: ['cps'] }, 'mode-not-accepted'],
      ['its level', { minimum_acr: 'eidas3' }, 'desktop-too-weak'],
    ])('an application that narrowed %s after it asked was approved', async (_, to, refused) => {
      const application = await applicationFor({});
      const { desktop } = await signedInDesktop(mire);
      const asked = await ask(application);
      await narrow(mire, application.id, to);
      const [request] = (await desktop.waiting()).filter(({ application: { name } }) => name.includes(application.id));
      expect(await refusal(desktop.approve(request?.id ?? ''))).toBe(refused);
      await narrow(mire, application.id);
      expect(await poll(application, asked)).toBe('access_denied');
    });

    test('a desktop application that no longer takes the mode it was signed in by went on approving', async () => {
      const [metadata] = demoClients(mire.issuer).filter(({ client_id }) => client_id === 'monsisra');
      const keep = (more: object) =>
        mire.sandbox.parts
          .adapter('Client')
          .upsert('bureau-etroit', { ...metadata, client_id: 'bureau-etroit', ...more } as never, 0);
      await keep({});
      const desktop = await DesktopClient.discover({ issuer: mire.issuer, clientId: 'bureau-etroit' });
      const browser = await signInDirectly(mire, { acr: 'eidas2' });
      const { url, finish } = await desktop.beginInBrowser('http://127.0.0.1:4273/callback');
      await finish((await browser.get(url)).url);
      await desktop.openSession('Poste');
      await keep({ allowed_modes: ['cps'] });
      expect(await refusal(desktop.session())).toBe('desktop-token');
      await keep({});
      expect(await refusal(desktop.session())).toBe('none');
    });

    test('and one that narrowed them after the approval got its tokens', async () => {
      const application = await applicationFor({});
      const { desktop } = await signedInDesktop(mire);
      const asked = await ask(application);
      const [request] = (await desktop.waiting()).filter(({ application: { name } }) => name.includes(application.id));
      await desktop.approve(request?.id ?? '');
      await narrow(mire, application.id, { allowed_modes: ['cps'] });
      expect(await poll(application, asked)).toBe('invalid_grant');
    });
  });

  describe('on the word of a structure', () => {
    const atChu = { mode: 'compte-local', upstream: CHU } as const;
    const chu = (assurance: 'eidas1' | 'eidas2') =>
      structureDefinition.parse({
        id: 'chu',
        name: 'CHU des Trois Vallées',
        assurance,
        connector: {
          kind: 'oidc',
          issuer: 'https://idp.chu.example',
          client_id: 'mire',
          client_secret: 'a secret of the hospital',
          second_factor: { acr: ['two'], amr: [] },
        },
      });
    const enable = (enabled: boolean) => mire.sandbox.parts.storage.structures.setEnabled('chu', enabled);
    beforeAll(async () => {
      await saveStructure(mire.sandbox.parts.storage, chu('eidas2'));
    });

    test('a structure that was closed went on opening applications, refreshing, and our own pages', async () => {
      const { started, page, application, browser } = await reach(atChu, {}, { scope: 'openid' });
      const tokens = await started.finish(page.url);
      expect((await browser.get(`${mire.issuer}/compte`)).url.pathname).toBe('/compte');
      await enable(false);
      try {
        expect((await reach({ browser }, {}, { prompt: 'none' })).said).toBe('unmet_authentication_requirements');
        // Its password is no password of ours to complete.
        const { page: asked } = await reach({ browser }, 'messagerie', { mode: 'code-ephemere' });
        expect(asked.page.querySelector('.step-up')?.text).toContain('garante');
        expect(asked.page.querySelector('[name=password]')).not.toBeNull();
        expect((await browser.get(`${mire.issuer}/compte`)).url.pathname).toMatch(/^\/interaction\//);
        const refreshed = client.refreshTokenGrant(application.configuration, tokens.refresh_token ?? '');
        expect(await errorOf(refreshed)).toBe('invalid_grant');
      } finally {
        await enable(true);
      }
      expect((await reach({ browser }, {}, { prompt: 'none' })).said).toBe('a code');
    });

    test('a structure whose word was lowered kept its old one in the sessions', async () => {
      const session = { ...atChu, acr: 'eidas2' } as const;
      const { browser } = await reach(session, { minimum_acr: 'eidas2' });
      await saveStructure(mire.sandbox.parts.storage, chu('eidas1'));
      try {
        expect((await reach({ browser }, {}, { prompt: 'none' })).said).toBe('unmet_authentication_requirements');
        expect((await reach(atChu, {}, { prompt: 'none' })).said).toBe('a code');
      } finally {
        await saveStructure(mire.sandbox.parts.storage, chu('eidas2'));
      }
    });

    test("a desktop signed in on a structure's word forgot it when it approved", async () => {
      const application = await applicationFor({});
      const desktop = await DesktopClient.discover({ issuer: mire.issuer, clientId: 'monsisra' });
      const browser = await signInDirectly(mire, { login: 'kbenali', ...atChu });
      const { url, finish } = await desktop.beginInBrowser('http://127.0.0.1:4273/callback');
      await finish((await browser.get(url)).url);
      await desktop.openSession('Poste du CHU');
      const { auth_req_id } = await client.initiateBackchannelAuthentication(application.configuration, {
        scope: 'openid',
        login_hint: 'kbenali',
      });
      await desktop.approve((await desktop.waiting())[0]?.id ?? '');
      const tokens = await client.genericGrantRequest(application.configuration, CIBA, { auth_req_id });
      const refresh = () => client.refreshTokenGrant(application.configuration, tokens.refresh_token ?? '');
      await enable(false);
      try {
        expect(await errorOf(refresh())).toBe('invalid_grant');
        expect(await refusal(desktop.session())).toBe('desktop-token');
      } finally {
        await enable(true);
      }
      expect(await errorOf(refresh())).toBe('a token');
    });

    test("a code on a structure's password opened an application that takes no structure's word", async () => {
      const codes = { minimum_acr: 'eidas2', allowed_modes: ['code-ephemere'] } as const;
      const completed = { acr: 'eidas2', mode: 'code-ephemere', upstream: CHU } as const;
      expect((await reach(completed, codes, { prompt: 'none' })).said).toBe('unmet_authentication_requirements');
      expect((await reach(completed, 'messagerie', { prompt: 'none' })).said).toBe('a code');
      // Nor is that password completed there: ours is asked for.
      const { page } = await reach(atChu, codes);
      expect([tabsOf(page), page.page.querySelector('[name=password]') === null]).toEqual([['code-ephemere'], false]);
    });
  });
});
