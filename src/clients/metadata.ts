import { z } from 'zod';
import { ACR_VALUES, type Acr, MODE_IDS, type ModeId } from '../../config/modes.ts';
import type { ApplicationPolicy } from '../assurance/accepted-modes.ts';

/**
 * Client metadata of our own, beside that of OIDC Registration §2. Only an administrator sets `first_party`,
 * `pkce_required` or a `minimum_acr` below eidas2; see src/provider/registration.ts.
 */
export const OWN_METADATA = {
  minimum_acr: z.enum(ACR_VALUES),
  allowed_modes: z.array(z.enum(MODE_IDS)).min(1),
  first_party: z.boolean(),
  pkce_required: z.boolean(),
  /** Why this application asks for more, in its own words. */
  step_up_reason: z.string().max(300),
} as const;

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

export const stepUpReason = (client: ClientLike): string | undefined => own(client, 'step_up_reason');
