import * as client from 'openid-client';
import { DESKTOP_CLIENT } from '../../../config/sandbox-applications.ts';
import { TOKEN_EXCHANGE } from '../../../src/provider/token-exchange.ts';
import { DesktopClient } from '../../../src/sandbox/desktop-client.ts';
import type { Browser } from '../http/browser.ts';
import type { RunningMire } from '../mire.ts';
import { type Application, CALLBACK } from './application.ts';
import { CIBA, DEVICE, exchangeOf } from './narrowed-client.ts';

/** Somebody who is signed in, and the application that they signed in to. */
export interface Ground {
  readonly mire: RunningMire;
  readonly login: string;
  readonly browser: Browser;
  readonly application: Application;
}

/** Asked for while all was well; what comes back says whether it is good now. */
export type Use = (ground: Ground) => Promise<() => Promise<boolean>>;

const SCOPE = { scope: 'openid profile lits:lire' };
const LOOPBACK = 'http://127.0.0.1:4273/callback';

const succeeds = (call: Promise<unknown>): Promise<boolean> =>
  call.then(
    () => true,
    () => false,
  );
const grant = ({ application }: Ground, type: string, parameters: Record<string, string>) =>
  succeeds(client.genericGrantRequest(application.configuration, type, parameters));

async function codeOf({ application, browser }: Ground, parameters: Readonly<Record<string, string>> = SCOPE) {
  const started = await application.start(parameters);
  return { started, url: (await browser.get(started.url)).url };
}
async function tokensOf(ground: Ground) {
  const { started, url } = await codeOf(ground);
  return started.finish(url);
}
const introspected = async ({ application }: Ground, token: string) =>
  (await client.tokenIntrospection(application.configuration, token)).active;

/** Every way in which something that was given, or begun, is turned into something else. */
export const USES: Readonly<Record<string, Use>> = {
  'silent single sign-on': async (ground) => async () =>
    (await codeOf(ground, { ...SCOPE, prompt: 'none' })).url.searchParams.has('code'),
  'a code in hand': async (ground) => {
    const { started, url } = await codeOf(ground);
    return () => succeeds(started.finish(url));
  },
  refresh: async (ground) => {
    const { refresh_token = '' } = await tokensOf(ground);
    return () => succeeds(client.refreshTokenGrant(ground.application.configuration, refresh_token));
  },
  'token exchange': async (ground) => {
    const { access_token } = await tokensOf(ground);
    return () => grant(ground, TOKEN_EXCHANGE, exchangeOf(ground.mire, access_token));
  },
  'a device that polls': async (ground) => {
    const { application, browser } = ground;
    const asked = await client.initiateDeviceAuthorization(application.configuration, { scope: 'openid' });
    await browser.get(`${ground.mire.issuer}/device`);
    const { page } = await browser.submit({ user_code: asked.user_code });
    const xsrf = page.querySelector('input[name=xsrf]')?.getAttribute('value') ?? '';
    await browser.post('/device', { xsrf, user_code: asked.user_code, confirm: 'yes' });
    return () => grant(ground, DEVICE, { device_code: asked.device_code });
  },
  'a request without a browser that polls': async (ground) => {
    const { mire, application, browser, login } = ground;
    const desktop = await DesktopClient.discover({ issuer: mire.issuer, clientId: DESKTOP_CLIENT });
    const { url, finish } = await desktop.beginInBrowser(LOOPBACK);
    await finish((await browser.get(url)).url);
    await desktop.openSession('Poste');
    const { auth_req_id } = await client.initiateBackchannelAuthentication(application.configuration, {
      scope: 'openid',
      login_hint: login,
    });
    const [request] = (await desktop.waiting()).filter(({ application: { name } }) => name.includes(application.id));
    await desktop.approve(request?.id ?? '');
    return () => grant(ground, CIBA, { auth_req_id });
  },
  userinfo: async (ground) => {
    const { access_token } = await tokensOf(ground);
    const headers = { authorization: `Bearer ${access_token}` };
    return async () => (await fetch(`${ground.mire.issuer}/userinfo`, { headers })).ok;
  },
  'introspection of an access token': async (ground) => {
    const { access_token } = await tokensOf(ground);
    return () => introspected(ground, access_token).catch(() => false);
  },
  'introspection of a refresh token': async (ground) => {
    const { refresh_token = '' } = await tokensOf(ground);
    return () => introspected(ground, refresh_token).catch(() => false);
  },
  'introspection by the API it was made for': async (ground) => {
    const { access_token } = await tokensOf(ground);
    const subject = exchangeOf(ground.mire, access_token);
    const made = await client.genericGrantRequest(ground.application.configuration, TOKEN_EXCHANGE, {
      ...subject,
      resource: QUOTAS,
    });
    return async () => {
      const asked = await fetch(`${ground.mire.issuer}/introspect`, {
        method: 'POST',
        headers: { authorization: `Basic ${Buffer.from('api-quotas:api-quotas-sandbox-secret').toString('base64')}` },
        body: new URLSearchParams({ token: made.access_token }),
      });
      if (asked.status !== 200) throw new Error(`the API is answered ${asked.status}`);
      return ((await asked.json()) as { active: boolean }).active;
    };
  },
  'a request that was pushed': async ({ application, browser }) => {
    const url = await client.buildAuthorizationUrlWithPAR(application.configuration, {
      redirect_uri: CALLBACK,
      ...SCOPE,
      prompt: 'none',
      code_challenge: await client.calculatePKCECodeChallenge(client.randomPKCECodeVerifier()),
      code_challenge_method: 'S256',
    });
    return async () => (await browser.get(url)).url.searchParams.has('code');
  },
  'pages of the account':
    async ({ browser, mire }) =>
    async () =>
      (await browser.get(`${mire.issuer}/compte`)).url.pathname === '/compte',
};

export const QUOTAS = 'urn:example:quotas';
