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
