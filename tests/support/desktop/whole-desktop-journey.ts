import * as client from 'openid-client';
import { DESKTOP_CLIENT, PRACTICE_CLIENT } from '../../../config/sandbox-applications.ts';
import { DesktopClient } from '../../../src/sandbox/desktop-client.ts';
import { Application } from '../clients/application.ts';
import { TappedBrowser, type Wire } from '../http/wire.ts';
import type { RunningMire } from '../mire.ts';
import { MDURAND, newestCode, openCodeEphemere } from '../sign-in/journeys.ts';
import { shown } from './desktops.ts';

const DEVICE_NAME = 'Poste de Marie au deuxième étage';

/** What a desktop application, a browser that it signs in and a practice without one do, with everything secret noted. */
export async function desktopJourney(
  mire: RunningMire,
  wire: Wire,
  pause: (wire: Wire) => Promise<void>,
): Promise<void> {
  const fetch = wire.fetch as client.CustomFetch;
  const desktop = await DesktopClient.discover({ issuer: mire.issuer, clientId: DESKTOP_CLIENT, fetch });
  const { url, finish } = await desktop.beginInBrowser('http://127.0.0.1:4273/callback');
  const system = new TappedBrowser(mire.issuer, wire);
  await system.get(url);
  await openCodeEphemere(system);
  await system.submit(MDURAND);
  await system.submit({ channel: 'mail' });
  const { seed, code } = await newestCode(mire);
  wire.note('seed', seed);
  wire.note('code', code);
  await finish((await system.submit({ code })).url);
  wire.note('device name', DEVICE_NAME);
  await desktop.openSession(DEVICE_NAME);
  await desktop.session();

  const { url: signIn } = await (await Application.discover(mire.issuer, 'messagerie')).start();
  const browser = new TappedBrowser(mire.issuer, wire);
  await browser.get(signIn);
  await browser.click('MonSisra');
  const asked = shown(await browser.submit({}, '/monsisra'));
  wire.note('desktop request', asked.request);
  wire.note('desktop code', asked.code.replace(' ', ''));
  const { id } = await desktop.openRequest({ code: asked.code });
  await pause(wire);
  await desktop.approve(id, asked.number);
  await pause(wire);
  await browser.submit({}, '/continue');
  await practice(mire, wire, desktop, pause);
  await desktop.signOut();
}

async function practice(
  { issuer }: RunningMire,
  wire: Wire,
  desktop: DesktopClient,
  pause: (wire: Wire) => Promise<void>,
): Promise<void> {
  const secret = `${PRACTICE_CLIENT}-sandbox-secret`;
  wire.note('client_secret', secret);
  const software = await client.discovery(
    new URL(issuer),
    PRACTICE_CLIENT,
    undefined,
    client.ClientSecretBasic(secret),
    {
      execute: [client.allowInsecureRequests],
      [client.customFetch]: wire.fetch as client.CustomFetch,
    },
  );
  const asked = await client.initiateBackchannelAuthentication(software, {
    scope: 'openid identite_ps',
    login_hint: MDURAND.login,
    binding_message: 'Ordonnance de Marie 4471',
  });
  wire.note('binding message', 'Ordonnance de Marie 4471');
  const [request] = await desktop.waiting();
  await pause(wire);
  await desktop.approve(request?.id ?? '');
  await pause(wire);
  await client.genericGrantRequest(software, 'urn:openid:params:grant-type:ciba', { auth_req_id: asked.auth_req_id });
}
