import type { RunningMire } from '../mire.ts';
import { CALLBACK } from './application.ts';
import { register, registrationToken } from './registration.ts';

/** Registers an application that is not of the platform. @returns its `client_id`. */
export async function stranger({ issuer }: RunningMire, metadata: Record<string, unknown>): Promise<string> {
  const registered = await register(issuer, await registrationToken(issuer), metadata);
  if (registered.status !== 201) throw new Error(`${registered.error}: ${registered.error_description}`);
  return registered.client_id;
}

/** The address at which such an application asks to sign somebody in. */
export async function strangerRequest(
  mire: RunningMire,
  name = 'Agenda partagé',
  redirect_uri = CALLBACK,
): Promise<string> {
  const request = new URL('/authorize', mire.issuer);
  request.search = new URLSearchParams({
    client_id: await stranger(mire, { client_name: name, redirect_uris: [redirect_uri] }),
    redirect_uri,
    response_type: 'code',
    scope: 'openid profile email',
    // The example of RFC 7636, appendix B: the code is never redeemed.
    code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
    code_challenge_method: 'S256',
  }).toString();
  return request.href;
}
