import * as client from 'openid-client';
import { Application, CALLBACK, type Started } from '../clients/application.ts';
import { desktopJourney } from '../desktop/whole-desktop-journey.ts';
import type { Visited } from '../http/browser.ts';
import { TappedBrowser, Wire } from '../http/wire.ts';
import { until } from '../jest/until.ts';
import type { RunningMire } from '../mire.ts';
import { pscJourney } from '../psc/whole-psc-journey.ts';
import { structureJourney } from '../structures/whole-structure-journey.ts';
import { MDURAND, messages, newestCode, openCodeEphemere } from './journeys.ts';

export const WRONG_PASSWORD = 'Motdepasse-refuse-31';
export const UNKNOWN_LOGIN = 'inconnue@exemple.example';
const DEVICE = 'urn:ietf:params:oauth:grant-type:device_code';
const OUT = 'http://localhost:4000/';

/** A port where nobody sends mail: a code asked by mail stays in the queue, as during an outage of the provider. */
export const NO_MAIL = 'smtp://127.0.0.1:9';

/**
 * All that a browser, applications and a device do with Mire, with everything secret written down. `pause` is called
 * wherever something waits: a code in the queue, a live session, at the end.
 */
export async function wholeJourney(mire: RunningMire, pause: (wire: Wire) => Promise<void>): Promise<Wire> {
  const wire = new Wire();
  wire.note('password', MDURAND.password);
  wire.note('password', WRONG_PASSWORD);
  await byCode(mire, wire, pause);
  await byPassword(mire, wire, pause);
  const registered = await register(mire, wire);
  await withConsent(mire, wire, registered);
  await device(mire, wire, registered, pause);
  await desktopJourney(mire, wire, pause);
  await pscJourney(mire, wire, pause);
  await structureJourney(mire, wire, pause);
  await pause(wire);
  return wire;
}

async function tapped(mire: RunningMire, wire: Wire, id: string): Promise<Application> {
  const application = await Application.discover(mire.issuer, id);
  application.configuration[client.customFetch] = wire.fetch as client.CustomFetch;
  wire.note('client_secret', `${id}-sandbox-secret`);
  return application;
}

function note(wire: Wire, { verifier, state, nonce }: Started): void {
  for (const [name, value] of Object.entries({ verifier, state, nonce })) wire.note(name, value);
}

async function noteCode(mire: RunningMire, wire: Wire): Promise<string> {
  const { seed, code } = await newestCode(mire);
  wire.note('seed', seed);
  wire.note('code', code);
  return code;
}

async function byCode(mire: RunningMire, wire: Wire, pause: (wire: Wire) => Promise<void>): Promise<void> {
  const messagerie = await tapped(mire, wire, 'messagerie');
  const started = await messagerie.start({ scope: 'openid identite_ps email phone' });
  note(wire, started);
  const browser = new TappedBrowser(mire.issuer, wire);
  await browser.get(started.url);
  await openCodeEphemere(browser);
  await browser.submit({ login: MDURAND.login, password: WRONG_PASSWORD });
  await browser.submit({ login: UNKNOWN_LOGIN, password: WRONG_PASSWORD });
  await browser.submit(MDURAND);
  await browser.submit({ channel: 'mail' });
  await until('a log line of the try to send the mail', () => mire.logs.some((line) => line.includes('not done yet')));
  const code = await noteCode(mire, wire);
  await pause(wire);
  await browser.submit({ code: code === '000000' ? '111111' : '000000' });
  wire.secrets.delete('000000');
  const back = await browser.submit({ code });
  const tokens = await started.finish(back.url);
  await client.fetchUserInfo(messagerie.configuration, tokens.access_token, tokens.claims()?.sub ?? '');
}

async function byPassword(mire: RunningMire, wire: Wire, pause: (wire: Wire) => Promise<void>): Promise<void> {
  const { configuration } = await tapped(mire, wire, 'ror');
  const [verifier, state, nonce] = [client.randomPKCECodeVerifier(), client.randomState(), client.randomNonce()];
  for (const [name, value] of Object.entries({ verifier, state, nonce })) wire.note(name, value);
  const DPoP = client.getDPoPHandle(configuration, await client.randomDPoPKeyPair());
  const url = await client.buildAuthorizationUrlWithPAR(
    configuration,
    {
      redirect_uri: CALLBACK,
      scope: 'openid profile',
      state,
      nonce,
      code_challenge: await client.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
    },
    { DPoP },
  );
  wire.note('request_uri', url.searchParams.get('request_uri')?.split(':').at(-1));
  const browser = new TappedBrowser(mire.issuer, wire);
  await browser.get(url);
  await browser.click('Login / Mdp');
  const back = await browser.submit(MDURAND);
  const checks = { pkceCodeVerifier: verifier, expectedState: state, expectedNonce: nonce };
  const tokens = await client.authorizationCodeGrant(configuration, back.url, checks, undefined, { DPoP });
  const refreshed = await client.refreshTokenGrant(configuration, tokens.refresh_token ?? '', undefined, { DPoP });
  await client.fetchUserInfo(configuration, refreshed.access_token, tokens.claims()?.sub ?? '', { DPoP });
  await client.tokenIntrospection(configuration, refreshed.access_token);
  await pause(wire);
  await browser.get(
    client.buildEndSessionUrl(configuration, {
      id_token_hint: tokens.id_token ?? '',
      post_logout_redirect_uri: OUT,
      state: wireState(wire),
    }),
  );
  await browser.submit({ logout: 'yes' }, '/logout/confirm');
  await client.tokenRevocation(configuration, refreshed.refresh_token ?? '');
  // What is refused is a secret all the same.
  const error = await client.refreshTokenGrant(configuration, tokens.refresh_token ?? '', undefined, { DPoP }).then(
    () => undefined,
    (refused: { error?: string }) => refused.error,
  );
  if (error !== 'invalid_grant') throw new Error(`a refresh token that was revoked got ${error}`);
}

function wireState(wire: Wire): string {
  const state = client.randomState();
  wire.note('state', state);
  return state;
}

/** An application that registers itself, with a key instead of a secret, and a device with a secret. */
async function register({ issuer }: RunningMire, wire: Wire) {
  const key = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, ['sign', 'verify']);
  const jwk = { ...(await crypto.subtle.exportKey('jwk', key.publicKey)), kid: 'k1', alg: 'ES256', use: 'sig' };
  const token = (await (await wire.fetch(`${issuer}/sandbox/registration-token.json`, {})).json()) as {
    initial_access_token: string;
  };
  const post = async (metadata: Record<string, unknown>) => {
    const answer = await wire.fetch(`${issuer}/register`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token.initial_access_token}`, 'content-type': 'application/json' },
      body: JSON.stringify(metadata),
    });
    if (answer.status !== 201) throw new Error(`registration: ${answer.status} ${await answer.text()}`);
    return (await answer.json()) as Record<string, string>;
  };
  const keyed = await post({
    client_name: 'Agenda',
    redirect_uris: [CALLBACK],
    token_endpoint_auth_method: 'private_key_jwt',
    token_endpoint_auth_signing_alg: 'ES256',
    jwks: { keys: [jwk] },
  });
  const screen = await post({ client_name: 'Écran', redirect_uris: [], response_types: [], grant_types: [DEVICE] });
  const discover = (id: string | undefined, authentication: client.ClientAuth) =>
    client.discovery(new URL(issuer), id ?? '', undefined, authentication, {
      execute: [client.allowInsecureRequests],
      [client.customFetch]: wire.fetch as client.CustomFetch,
    });
  return {
    keyed: await discover(keyed.client_id, client.PrivateKeyJwt({ key: key.privateKey, kid: 'k1' })),
    screen: await discover(screen.client_id, client.ClientSecretBasic(screen.client_secret ?? '')),
  };
}

type Registered = Awaited<ReturnType<typeof register>>;

async function signInBySms(mire: RunningMire, wire: Wire, browser: TappedBrowser): Promise<Visited> {
  const sent = mire.sandbox.inbox.list().length;
  await openCodeEphemere(browser);
  await browser.submit(MDURAND);
  await browser.submit({ channel: 'sms' });
  const [message] = await messages(mire, sent + 1);
  await noteCode(mire, wire);
  return browser.submit({ code: message?.code ?? '' });
}

async function withConsent(mire: RunningMire, wire: Wire, { keyed }: Registered): Promise<void> {
  const [verifier, state] = [client.randomPKCECodeVerifier(), client.randomState()];
  wire.note('state', state);
  const url = client.buildAuthorizationUrl(keyed, {
    redirect_uri: CALLBACK,
    scope: 'openid email',
    state,
    code_challenge: await client.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
  });
  const browser = new TappedBrowser(mire.issuer, wire);
  await browser.get(url);
  await signInBySms(mire, wire, browser);
  const back = await browser.submit({ decision: 'accept' }, '/consent');
  await client.authorizationCodeGrant(keyed, back.url, { pkceCodeVerifier: verifier, expectedState: state });
}

async function device(
  mire: RunningMire,
  wire: Wire,
  { screen }: Registered,
  pause: (wire: Wire) => Promise<void>,
): Promise<void> {
  const asked = await client.initiateDeviceAuthorization(screen, { scope: 'openid email' });
  wire.note('user_code', asked.user_code.replace('-', ''));
  const browser = new TappedBrowser(mire.issuer, wire);
  await browser.get(`${mire.issuer}/device`);
  const confirm = await browser.submit({ user_code: asked.user_code });
  await pause(wire);
  const inputs = confirm.page.querySelectorAll('form[id="op.deviceConfirmForm"] input[type=hidden]');
  await browser.post(
    '/device',
    Object.fromEntries(inputs.map((input) => [input.getAttribute('name') ?? '', input.getAttribute('value') ?? ''])),
  );
  await signInBySms(mire, wire, browser);
  await browser.submit({ decision: 'accept' }, '/consent');
  await client.pollDeviceAuthorizationGrant(screen, { ...asked, interval: 1 });
}
