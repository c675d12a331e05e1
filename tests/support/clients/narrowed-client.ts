import type { ModeId } from '../../../config/modes.ts';
import { TOKEN_EXCHANGE } from '../../../src/provider/token-exchange.ts';
import type { RunningMire } from '../mire.ts';
import { bedsApi } from './api-clients.ts';
import { Application, CALLBACK } from './application.ts';

export const CIBA = 'urn:openid:params:grant-type:ciba';
export const DEVICE = 'urn:ietf:params:oauth:grant-type:device_code';

/** What an administrator says of whom an application lets in. */
export interface NarrowedTo {
  readonly minimum_acr?: string;
  readonly allowed_modes?: readonly ModeId[];
  /** APIs that it calls beside that of the sandbox. */
  readonly alsoCalls?: readonly string[];
}

/** An application that has every road, kept in the database: its rules may change while people hold its tokens. */
export async function narrow(
  { issuer, sandbox }: RunningMire,
  id: string,
  { alsoCalls = [], ...to }: NarrowedTo = {},
): Promise<void> {
  const metadata = {
    client_id: id,
    client_name: `Application ${id}`,
    client_secret: `${id}-sandbox-secret`,
    redirect_uris: [CALLBACK],
    response_types: ['code'],
    grant_types: ['authorization_code', 'refresh_token', TOKEN_EXCHANGE, DEVICE, CIBA],
    backchannel_token_delivery_mode: 'poll',
    token_endpoint_auth_method: 'client_secret_basic',
    scope: 'openid profile email lits:lire',
    exchange_resources: [`${issuer}/sandbox/api/lits`, ...alsoCalls],
    first_party: true,
    minimum_acr: 'eidas1',
    ...to,
  };
  await sandbox.parts.adapter('Client').upsert(id, metadata as never, 0);
}

/** The same, as openid-client sees it. */
export async function narrowedApplication(mire: RunningMire, id: string, to: NarrowedTo = {}): Promise<Application> {
  await narrow(mire, id, to);
  return Application.discover(mire.issuer, id);
}

export const exchangeOf = (mire: RunningMire, subject_token: string) => ({
  subject_token,
  subject_token_type: 'urn:ietf:params:oauth:token-type:access_token',
  resource: bedsApi(mire),
});
