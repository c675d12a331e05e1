import * as client from 'openid-client';
import { conformanceClients } from '../../../src/sandbox/conformance-clients.ts';
import { Browser, type Visited } from '../http/browser.ts';
import { freePort, type RunningMire, startMire } from '../mire.ts';
import { MDURAND } from '../sign-in/journeys.ts';
import { insecure } from './api-clients.ts';

/** Where the suite would be; nothing listens there, and the browser stops at its door. */
export const SUITE = 'https://suite.test';
export const CALLBACK = `${SUITE}/test/a/mire/callback`;

export type Parameters = Readonly<Record<string, string>>;

export async function startConformant(): Promise<RunningMire> {
  const port = await freePort();
  return startMire({
    env: { PORT: String(port), MODES: 'login-mdp', RATE_LIMIT_FACTOR: '1000' },
    // Keys of static clients do not pass the realm of Jest.
    added: { conformance: true, clients: conformanceClients(SUITE).filter(({ jwks }) => !jwks) },
  });
}

export interface Registered {
  readonly client_id: string;
  readonly client_secret: string;
  readonly registration_access_token: string;
  readonly registration_client_uri: string;
  readonly error?: string;
  readonly status: number;
  readonly [name: string]: unknown;
}

/** Openly, as the suite registers a client for each module. */
export async function registerOpenly(mire: RunningMire, metadata: Record<string, unknown> = {}): Promise<Registered> {
  const answer = await fetch(`${mire.issuer}/register`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      redirect_uris: [CALLBACK],
      post_logout_redirect_uris: [`${SUITE}/test/a/mire/post_logout_redirect`],
      grant_types: ['authorization_code', 'refresh_token'],
      ...metadata,
    }),
  });
  return { ...((await answer.json()) as Registered), status: answer.status };
}

export const configured = (
  mire: RunningMire,
  { client_id, client_secret }: Pick<Registered, 'client_id' | 'client_secret'>,
  auth: client.ClientAuth = client.ClientSecretBasic(client_secret),
  metadata: Partial<client.ClientMetadata> = {},
): Promise<client.Configuration> => client.discovery(new URL(mire.issuer), client_id, metadata, auth, insecure);

export const request = (configuration: client.Configuration, more: Parameters = {}): URL => {
  const url = client.buildAuthorizationUrl(configuration, {
    redirect_uri: CALLBACK,
    scope: 'openid',
    nonce: 'a-nonce',
    state: 'a-state',
    ...more,
  });
  for (const [name, value] of Object.entries(more)) if (value === '') url.searchParams.delete(name);
  return url;
};

/** To the answer at the callback: by password when the page asks, and whatever else asks to go on. */
export async function answered(browser: Browser, url: URL): Promise<Visited> {
  let page = await browser.get(url);
  if (page.page.querySelector('[name=password]')) page = await browser.submit(MDURAND);
  if (page.page.querySelector('[name=decision]')) page = await browser.submit({ decision: 'accept' }, '/consent');
  return page;
}

/** What came back, in the query or the fragment. */
export const said = ({ url }: Visited): URLSearchParams =>
  new URLSearchParams(`${url.search.slice(1)}&${url.hash.slice(1)}`);

export const newBrowser = (mire: RunningMire): Browser => new Browser(mire.issuer, { 'accept-language': 'en' });
