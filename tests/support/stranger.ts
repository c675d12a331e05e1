import type { RunningMire } from './mire.ts';

/** Where the answers of an application that is not of the platform arrive; a test answers there itself. */
export const STRANGER_CALLBACK = 'http://localhost:4000/callback';

/** Registers an application that is not the platform's own. */
export async function register(mire: RunningMire, metadata: object): Promise<string> {
  const token = await (await fetch(`${mire.issuer}/sandbox/registration-token.json`)).json();
  const { initial_access_token } = token as { initial_access_token: string };
  const registered = await fetch(`${mire.issuer}/register`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${initial_access_token}` },
    body: JSON.stringify(metadata),
  });
  if (registered.status !== 201) throw new Error(await registered.text());
  return ((await registered.json()) as { client_id: string }).client_id;
}

/** The address at which such an application asks to sign somebody in. */
export async function strangerRequest(mire: RunningMire, name = 'Agenda partagé'): Promise<string> {
  const request = new URL('/authorize', mire.issuer);
  request.search = new URLSearchParams({
    client_id: await register(mire, { client_name: name, redirect_uris: [STRANGER_CALLBACK] }),
    redirect_uri: STRANGER_CALLBACK,
    response_type: 'code',
    scope: 'openid profile email',
    // The example of RFC 7636, appendix B: the code is never redeemed.
    code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
    code_challenge_method: 'S256',
  }).toString();
  return request.href;
}
