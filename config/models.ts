/**
 * Where each model of oidc-provider lives. Short-lived ones may live in Redis when there is one: losing it signs people
 * out and loses nothing else. What must survive anything (grants, refresh tokens, clients) is always in PostgreSQL.
 */
export type Store = 'durable' | 'short-lived';

export const MODELS = {
  Session: 'short-lived',
  Interaction: 'short-lived',
  AuthorizationCode: 'short-lived',
  AccessToken: 'short-lived',
  DeviceCode: 'short-lived',
  BackchannelAuthenticationRequest: 'short-lived',
  PushedAuthorizationRequest: 'short-lived',
  ReplayDetection: 'short-lived',
  PreAuthorizedCode: 'short-lived',
  Grant: 'durable',
  RefreshToken: 'durable',
  // No grant stands behind it: a restored Redis would revive one that was revoked.
  ClientCredentials: 'durable',
  Client: 'durable',
  InitialAccessToken: 'durable',
  RegistrationAccessToken: 'durable',
} as const satisfies Record<string, Store>;

export type ModelName = keyof typeof MODELS;
