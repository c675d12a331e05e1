import type { ClientMetadata } from 'oidc-provider';
import { SCOPES } from '../../config/claims.ts';
import { MODE_IDS } from '../../config/modes.ts';
import {
  DEMO_APPLICATIONS,
  DESKTOP_CLIENT,
  INTEGRATOR_ORIGIN,
  PRACTICE_CLIENT,
  sandboxResources,
} from '../../config/sandbox-applications.ts';
import { TOKEN_EXCHANGE } from '../provider/token-exchange.ts';

/** The demonstration applications as OIDC clients. */
export const demoClients = (issuer: string): ClientMetadata[] => [
  ...demoApplications(issuer),
  desktopClient(issuer),
  practiceClient,
];

const demoApplications = (issuer: string): ClientMetadata[] =>
  DEMO_APPLICATIONS.map(({ id, name, minimumAcr, reason, exchanges }) => ({
    client_id: id,
    client_name: name,
    client_secret: `${id}-sandbox-secret`,
    client_uri: `${issuer}/sandbox/apps/${id}`,
    redirect_uris: [`${issuer}/sandbox/apps/${id}/callback`, `${INTEGRATOR_ORIGIN}/callback`],
    post_logout_redirect_uris: [`${issuer}/sandbox/apps/${id}/bye`, `${INTEGRATOR_ORIGIN}/`],
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    token_endpoint_auth_method: 'client_secret_basic',
    scope: [...SCOPES, ...sandboxResources(issuer).flatMap(({ scopes }) => Object.keys(scopes))].join(' '),
    allowed_resources: sandboxResources(issuer).map(({ resource }) => resource),
    first_party: true,
    minimum_acr: minimumAcr,
    ...(reason ? { step_up_reason: reason } : {}),
    ...(exchanges
      ? {
          grant_types: ['authorization_code', 'refresh_token', TOKEN_EXCHANGE],
          exchange_resources: sandboxResources(issuer).map(({ resource }) => resource),
        }
      : {}),
  }));

/**
 * The desktop application: public, its tokens bound to a key of its own; any loopback port (RFC 8252 §7.3). A password
 * is enough to sign in to it, so that a session too weak for an application can be seen.
 */
const desktopClient = (issuer: string): ClientMetadata => ({
  client_id: DESKTOP_CLIENT,
  client_name: 'MonSisra',
  client_uri: `${issuer}/sandbox/bureau`,
  application_type: 'native',
  redirect_uris: ['http://127.0.0.1/callback', `${issuer}/sandbox/bureau/callback`],
  grant_types: ['authorization_code', 'refresh_token', 'urn:ietf:params:oauth:grant-type:device_code'],
  response_types: ['code'],
  token_endpoint_auth_method: 'none',
  dpop_bound_access_tokens: true,
  desktop_application: true,
  scope: 'openid profile desktop',
  first_party: true,
  minimum_acr: 'eidas1',
  // It vouches for others, so nobody vouches for it.
  allowed_modes: MODE_IDS.filter((mode) => mode !== 'monsisra'),
});

/** The software of a practice, which has no browser: it asks on the desktop application (CIBA). */
const practiceClient: ClientMetadata = {
  client_id: PRACTICE_CLIENT,
  client_name: 'Logiciel de cabinet',
  client_secret: `${PRACTICE_CLIENT}-sandbox-secret`,
  redirect_uris: [],
  response_types: [],
  grant_types: ['urn:openid:params:grant-type:ciba', 'refresh_token'],
  backchannel_token_delivery_mode: 'poll',
  token_endpoint_auth_method: 'client_secret_basic',
  scope: 'openid profile identite_ps',
  first_party: true,
  minimum_acr: 'eidas2',
};
