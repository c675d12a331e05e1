import type { ClientMetadata } from 'oidc-provider';

/** The portal of integrators, as an application of the platform: it asks for a sign-in like any other. */
export const PORTAL_CLIENT = 'mire-integrateurs';

/** Its code is never exchanged: the session is all that it wants. */
export const portalClient = (issuer: string): ClientMetadata => ({
  client_id: PORTAL_CLIENT,
  client_name: 'Portail des intégrateurs',
  client_uri: `${issuer}/integrateurs`,
  redirect_uris: [`${issuer}/integrateurs/retour`],
  grant_types: ['authorization_code'],
  response_types: ['code'],
  token_endpoint_auth_method: 'none',
  scope: 'openid',
  first_party: true,
  minimum_acr: 'eidas2',
  step_up_reason: "Le portail donne des secrets d'applications : il demande un second facteur.",
});
