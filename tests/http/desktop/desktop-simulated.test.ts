import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import * as client from 'openid-client';
import { CALLBACK } from '../../support/clients/application.ts';
import { askDesktop, goOn } from '../../support/desktop/desktops.ts';
import { Browser } from '../../support/http/browser.ts';
import { type RunningMire, startMire } from '../../support/mire.ts';
import { MDURAND, messages, openCodeEphemere, signInByCode } from '../../support/sign-in/journeys.ts';

const PAGE = '/sandbox/bureau';

describe('the simulated desktop application of the sandbox', () => {
  let mire: RunningMire;
  beforeAll(async () => {
    mire = await startMire();
  });
  afterAll(() => mire.close());

  async function signedIn(): Promise<Browser> {
    const browser = new Browser(mire.issuer);
    expect((await browser.get(PAGE)).page.text).toContain("n'êtes pas connecté à MonSisra");
    const back = await signInByCode(mire, browser, new URL(`${mire.issuer}${PAGE}/login`));
    expect([back.url.pathname, back.status]).toEqual([PAGE, 200]);
    expect(back.page.text).toContain('Connecté\u00a0: Marie Durand (eidas2)');
    return browser;
  }

  test('signs in for real, approves by number, and signs out', async () => {
    const desktop = await signedIn();
    const asked = await askDesktop(mire);
    const shown = await desktop.submit({ code: asked.code });
    expect(shown.page.text).toContain('Messagerie sécurisée demande une connexion');
    expect((await desktop.submit({ answer: String(asked.number) }, '/answer')).status).toBe(200);
    expect((await goOn(asked)).url.href).toContain(CALLBACK);
    expect((await desktop.submit({}, '/logout')).page.text).toContain("n'êtes pas connecté à MonSisra");
  });

  test('shows what a practice asks without a browser; a wrong code is said', async () => {
    const desktop = await signedIn();
    const secret = client.ClientSecretBasic('logiciel-sandbox-secret');
    const software = await client.discovery(new URL(mire.issuer), 'logiciel', undefined, secret, {
      execute: [client.allowInsecureRequests],
    });
    const asked = await client.initiateBackchannelAuthentication(software, {
      scope: 'openid',
      login_hint: MDURAND.login,
      binding_message: 'Ordonnance 4471',
    });
    expect((await desktop.get(PAGE)).page.text).toContain('Ordonnance 4471');
    const wrong = await desktop.submit({ code: 'AAAAAA' });
    expect([wrong.status, wrong.page.querySelector('#erreur')?.text]).toEqual([
      422,
      expect.stringContaining("n'existe pas"),
    ]);
    await desktop.submit({ answer: 'approve' }, '/answer');
    const tokens = await client.genericGrantRequest(software, 'urn:openid:params:grant-type:ciba', {
      auth_req_id: asked.auth_req_id,
    });
    expect(tokens.claims()).toMatchObject({ mire_mode: 'monsisra' });
  });

  test('a password is not enough for the mail; it then signs in more strongly', async () => {
    const desktop = new Browser(mire.issuer);
    await desktop.get(`${PAGE}/login`);
    await desktop.click('Login / Mdp');
    expect((await desktop.submit(MDURAND)).page.text).toContain('(eidas1)');
    const asked = await askDesktop(mire);
    expect((await desktop.submit({ code: asked.code })).page.querySelector('#erreur')?.text).toContain('plus sûre');
    await desktop.get(`${PAGE}/login?acr_values=eidas2`);
    await openCodeEphemere(desktop);
    // Only the code is missing: the password of this browser's session stands.
    expect(desktop.current?.page.querySelector('[name=password]')).toBeNull();
    const sent = mire.sandbox.inbox.list().length;
    await desktop.submit({ channel: 'mail' });
    const [message] = await messages(mire, sent + 1);
    expect((await desktop.submit({ code: message?.code ?? '' })).page.text).toContain('(eidas2)');
  });
});
