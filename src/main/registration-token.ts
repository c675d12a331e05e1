import type Provider from 'oidc-provider';
import { REGISTRATION_POLICY } from '../provider/registration.ts';
import { openQueues } from './delivery.ts';
import { buildProtocol } from './http.ts';
import type { Parts } from './parts.ts';

/** An initial access token for dynamic registration (RFC 7591 §3), with the policy that every one carries. */
export function newRegistrationToken({ InitialAccessToken }: Provider, seconds: number): Promise<string> {
  return new InitialAccessToken({ policies: [REGISTRATION_POLICY], expiresIn: seconds } as never).save();
}

/** `mire registration-token`: for the owner of an application, who registers it within the token's life. */
export async function registrationToken(parts: Parts, hours: number): Promise<string> {
  const queues = openQueues(parts);
  try {
    const { holder } = await buildProtocol(parts, queues.logout);
    return await newRegistrationToken(holder.current(), hours * 3600);
  } finally {
    await queues.close();
  }
}
