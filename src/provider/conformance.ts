import type { ClientMetadata, Configuration, KoaContextWithOIDC, ResponseType } from 'oidc-provider';
import { validateOwnMetadata } from './registration.ts';

/** All that the OpenID Foundation's suite asks for; a deployment has `code` alone. */
const RESPONSE_TYPES: readonly ResponseType[] = [
  'code',
  'id_token',
  'id_token token',
  'code id_token',
  'code token',
  'code id_token token',
];

/** Set on whatever registers, and on the suite's own clients: a password is enough, nobody is asked to consent. */
const EASY = { minimum_acr: 'eidas1', first_party: true, pkce_required: false } as const;

/**
 * What the suite's plans need beside the rules of the house: every response type, registration without a token, clients
 * without PKCE. Wired by `mire conformance` alone, which production refuses.
 */
export function forConformance(configuration: Configuration): Configuration {
  const { features = {}, extraClientMetadata } = configuration;
  return {
    ...configuration,
    responseTypes: [...RESPONSE_TYPES],
    extraClientMetadata: {
      properties: extraClientMetadata?.properties ?? [],
      validator(ctx: KoaContextWithOIDC | undefined, key: string, value: unknown, metadata: ClientMetadata) {
        const easy = EASY[key as keyof typeof EASY];
        if (easy !== undefined && value === undefined) (metadata as Record<string, unknown>)[key] = easy;
        else validateOwnMetadata(ctx, key, value, metadata);
      },
    },
    features: {
      ...features,
      registration: { enabled: true, initialAccessToken: false, issueRegistrationAccessToken: true },
    },
  };
}
