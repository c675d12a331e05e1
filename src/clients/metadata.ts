import { z } from 'zod';
import { ACR_VALUES, type Acr, MODE_IDS, type ModeId } from '../../config/modes.ts';
import type { ApplicationPolicy } from '../assurance/accepted-modes.ts';

/**
 * Client metadata of our own, beside that of OIDC Registration §2. Only an administrator sets
 * ADMINISTRATORS_OWN, or a `minimum_acr` below eidas2; see src/provider/registration.ts.
 */
export const OWN_METADATA = {
  minimum_acr: z.enum(ACR_VALUES),
  allowed_modes: z.array(z.enum(MODE_IDS)).min(1),
  first_party: z.boolean(),
  pkce_required: z.boolean(),
  /** Why this application asks for more, in its own words. */
  step_up_reason: z.string().max(300),
  /** What is stricter than our own rules, all of it at once; see src/provider/fapi.ts. */
  fapi_profile: z.enum(['2.0']),
  /** APIs that this application may ask tokens for (RFC 8707). */
  allowed_resources: z.array(z.url()),
  /** APIs that it may call on behalf of a person whose token it holds (RFC 8693). */
  exchange_resources: z.array(z.url()),
  /** The API that this client is: it may introspect, and exchange, tokens made for it. */
  resource_server: z.url(),
} as const;

/** Never taken from a registration. */
export const ADMINISTRATORS_OWN = [
  'first_party',
  'pkce_required',
  'allowed_resources',
  'exchange_resources',
  'resource_server',
] as const;

export type OwnMetadataName = keyof typeof OWN_METADATA;

export const DEFAULT_MINIMUM_ACR: Acr = 'eidas2';

/** What the library hands over: metadata under the names they were registered with. */
export interface ClientLike {
  readonly clientId: string;
  readonly [metadata: string]: unknown;
}

const own = <N extends OwnMetadataName>(client: ClientLike, name: N): z.infer<(typeof OWN_METADATA)[N]> | undefined => {
  const read = OWN_METADATA[name].safeParse(client[name]);
  return read.success ? (read.data as z.infer<(typeof OWN_METADATA)[N]>) : undefined;
};

/** An unreadable `minimum_acr` or `allowed_modes` counts as the strictest reading, never as none. */
export function policyOf(client: ClientLike): ApplicationPolicy {
  const modes = client.allowed_modes === undefined ? undefined : (own(client, 'allowed_modes') ?? []);
  return {
    clientId: client.clientId,
    minimumAcr: own(client, 'minimum_acr') ?? DEFAULT_MINIMUM_ACR,
    allowedModes: modes as readonly ModeId[] | undefined,
  };
}

export const isFirstParty = (client: ClientLike): boolean => client.first_party === true;

/** PKCE S256 for all, unless an administrator marked the client otherwise. */
export const needsPkce = (client: ClientLike): boolean => client.pkce_required !== false;

export const allowedResources = (client: ClientLike): readonly string[] => own(client, 'allowed_resources') ?? [];

export const exchangeResources = (client: ClientLike): readonly string[] => own(client, 'exchange_resources') ?? [];

export const resourceServerOf = (client: ClientLike): string | undefined => own(client, 'resource_server');

export const stepUpReason = (client: ClientLike): string | undefined => own(client, 'step_up_reason');
