import * as client from 'openid-client';
import { CALLBACK } from './application.ts';

export interface Registered {
  readonly status: number;
  readonly client_id: string;
  readonly client_secret: string;
  readonly registration_access_token: string;
  readonly registration_client_uri: string;
  readonly error?: string;
  readonly error_description?: string;
  readonly client_name?: string;
  readonly first_party?: boolean;
  readonly minimum_acr?: string;
  readonly redirect_uris?: readonly string[];
}

/** A token that the sandbox hands out. */
export async function registrationToken(issuer: string): Promise<string> {
  const answer = await fetch(`${issuer}/sandbox/registration-token.json`);
  return ((await answer.json()) as { initial_access_token: string }).initial_access_token;
}

/** What somebody outside may register. */
export async function register(
  issuer: string,
  token: string,
  metadata: Record<string, unknown> = {},
): Promise<Registered> {
  const answer = await fetch(`${issuer}/register`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify({ client_name: 'Agenda des gardes', redirect_uris: [CALLBACK], ...metadata }),
  });
  return { ...((await answer.json()) as Registered), status: answer.status };
}

/** A registered application, as openid-client sees it. */
export const configured = (issuer: string, { client_id, client_secret }: Registered): Promise<client.Configuration> =>
  client.discovery(new URL(issuer), client_id, undefined, client.ClientSecretBasic(client_secret), {
    execute: [client.allowInsecureRequests],
  });
