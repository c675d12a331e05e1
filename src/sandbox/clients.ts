import type { ClientMetadata } from 'oidc-provider';
import { SCOPES } from '../../config/claims.ts';
import { DEMO_APPLICATIONS, INTEGRATOR_ORIGIN, sandboxResources } from '../../config/sandbox-applications.ts';
import { TOKEN_EXCHANGE } from '../provider/token-exchange.ts';

/** The demonstration applications as OIDC clients. */
export const demoClients = (issuer: string): ClientMetadata[] =>
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
