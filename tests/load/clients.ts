import type { ClientMetadata } from 'oidc-provider';

export const REDIRECT_URI = 'http://localhost:4000/callback';

/** One secret for a run: the same application asks both servers. */
export const APPLICATION = { id: 'ror', secret: 'ror-sandbox-secret' } as const;
export const MACHINE = { id: 'machine', secret: 'machine-secret-of-the-bench' } as const;

/** A back end of its own, without a person. */
export const machineClient: ClientMetadata = {
  client_id: MACHINE.id,
  client_secret: MACHINE.secret,
  redirect_uris: [],
  response_types: [],
  grant_types: ['client_credentials'],
  token_endpoint_auth_method: 'client_secret_basic',
};

export const basic = ({ id, secret }: { id: string; secret: string }): string =>
  `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`;
