import type { ClientMetadata } from 'oidc-provider';

/** The account's own pages, as an application of the platform: they ask for a sign-in like any other. */
export const OWN_CLIENT = 'mire-compte';

/** What it is called in messages; an application has one name, and these pages two languages. */
export const OWN_NAME = { fr: 'Mon compte', en: 'My account' } as const;

/** Where mail and phone are changed. */
export const OWN_CONTACT = '/compte/coordonnees';

/** Its code is never exchanged: the session is all that it wants. */
export const ownClient = (issuer: string): ClientMetadata => ({
  client_id: OWN_CLIENT,
  client_name: OWN_NAME.fr,
  client_uri: `${issuer}/compte`,
  redirect_uris: [`${issuer}/compte/retour`],
  grant_types: ['authorization_code'],
  response_types: ['code'],
  token_endpoint_auth_method: 'none',
  scope: 'openid',
  first_party: true,
  minimum_acr: 'eidas1',
});
