import * as client from 'openid-client';
import { Browser } from '../http/browser.ts';
import { freePort, type MireOptions, type RunningMire, startMire } from '../mire.ts';
import { signInByPassword } from '../sign-in/journeys.ts';
import { CALLBACK } from './application.ts';

export const insecure = { execute: [client.allowInsecureRequests] };

/** A service whose address is known before it starts: clients that name it can be given to it. */
export async function startMireWith(
  clientsOf: (issuer: string) => NonNullable<NonNullable<MireOptions['added']>['clients']>,
  env: Readonly<Record<string, string>> = {},
): Promise<RunningMire> {
  const port = await freePort();
  return startMire({ env: { PORT: String(port), ...env }, added: { clients: clientsOf(`http://localhost:${port}`) } });
}

export const bedsApi = (mire: RunningMire): string => `${mire.issuer}/sandbox/api/lits`;

export const configurationOf = (
  mire: RunningMire,
  id: string,
  auth: client.ClientAuth = client.ClientSecretBasic(`${id}-sandbox-secret`),
  metadata: Partial<client.ClientMetadata> = {},
): Promise<client.Configuration> => client.discovery(new URL(mire.issuer), id, metadata, auth, insecure);

type Parameters = Readonly<Record<string, string>>;

/** From an authorization request to tokens, for a person who signs in by password, or is signed in. */
export async function tokensFor(
  configuration: client.Configuration,
  {
    browser = new Browser(configuration.serverMetadata().issuer),
    request = {},
    atToken = {},
    signIn = signInByPassword,
    DPoP,
  }: {
    browser?: Browser;
    request?: Parameters;
    atToken?: Parameters;
    signIn?: (browser: Browser, url: URL) => Promise<{ url: URL }>;
    DPoP?: client.DPoPHandle;
  } = {},
) {
  const verifier = client.randomPKCECodeVerifier();
  const nonce = client.randomNonce();
  const url = client.buildAuthorizationUrl(configuration, {
    redirect_uri: CALLBACK,
    scope: 'openid',
    nonce,
    code_challenge: await client.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    ...request,
  });
  const back = await signIn(browser, url);
  return client.authorizationCodeGrant(
    configuration,
    back.url,
    { pkceCodeVerifier: verifier, expectedNonce: nonce },
    atToken,
    DPoP ? { DPoP } : {},
  );
}

export const silently = (browser: Browser, url: URL) => browser.get(url);
