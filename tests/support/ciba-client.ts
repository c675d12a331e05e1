/** Metadata of an application without a browser, as an administrator would write it. */
export const cibaClient = (id: string, more: Readonly<Record<string, unknown>> = {}) => ({
  client_id: id,
  client_name: `Logiciel ${id}`,
  client_secret: `a secret of ${id}`,
  redirect_uris: [],
  response_types: [],
  grant_types: ['urn:openid:params:grant-type:ciba'],
  backchannel_token_delivery_mode: 'poll',
  token_endpoint_auth_method: 'client_secret_basic',
  first_party: true,
  scope: 'openid',
  ...more,
});

/** Metadata of a desktop application. */
export const desktopMetadata = (id: string) => ({
  client_id: id,
  client_name: 'MonSisra',
  application_type: 'native',
  redirect_uris: ['http://127.0.0.1/callback'],
  response_types: ['code'],
  grant_types: ['authorization_code', 'refresh_token'],
  token_endpoint_auth_method: 'none',
  dpop_bound_access_tokens: true,
  desktop_application: true,
  first_party: true,
  scope: 'openid profile desktop',
});
