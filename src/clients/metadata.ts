import { z } from 'zod';
import { ACR_VALUES, type Acr, MODE_IDS, type ModeId } from '../../config/modes.ts';
import type { ApplicationPolicy } from '../assurance/accepted-modes.ts';
import { strongest } from '../assurance/levels.ts';
import { shownText } from '../foreign-text.ts';
import { registrationPolicy } from './registration-policy.ts';

/** As it is read: the letters are asked for where it is written, in foreign-metadata.ts, by code points. */
const text = (max: number) => z.string().max(max * 2);

/**
 * Client metadata of our own, beside that of OIDC Registration §2. Only an administrator sets
 * ADMINISTRATORS_OWN, or a `minimum_acr` below eidas2; see src/provider/registration.ts.
 */
export const OWN_METADATA = {
  minimum_acr: z.enum(ACR_VALUES),
  allowed_modes: z.array(z.enum(MODE_IDS)).min(1),
  first_party: z.boolean(),
  pkce_required: z.boolean(),
  /** May hold the scope `desktop`: see isDesktopApplication. */
  desktop_application: z.boolean(),
  /** Why this application asks for more, in its own words. */
  step_up_reason: text(300),
  /** What is stricter than our own rules, all of it at once; see src/provider/fapi.ts. */
  fapi_profile: z.enum(['2.0']),
  /** APIs that this application may ask tokens for (RFC 8707). */
  allowed_resources: z.array(z.url()),
  /** APIs that it may call on behalf of a person whose token it holds (RFC 8693). */
  exchange_resources: z.array(z.url()),
  /** The API that this client is: it may introspect, and exchange, tokens made for it. */
  resource_server: z.url(),
  /** Who answers for the application: a structure or a team, beside the `contacts` of the standard. */
  owner: text(200),
  /** What for, by scope or claim, in the words of the consent page. */
  purpose: z.record(text(60), text(300)),
  /** A sandbox client signs in integrators alone, until an administrator puts it into production. */
  stage: z.enum(['sandbox', 'submitted', 'production']),
  /** Why an administrator did not. */
  stage_note: text(500),
  /** What the initial access token of its registration allowed. */
  registration_policy: registrationPolicy,
} as const;

/** Neither given nor taken away by a registration. */
export const ADMINISTRATORS_OWN = [
  'first_party',
  'pkce_required',
  'stage',
  'stage_note',
  'desktop_application',
  'allowed_resources',
  'exchange_resources',
  'resource_server',
] as const;

export type OwnMetadataName = keyof typeof OWN_METADATA;

export const DEFAULT_MINIMUM_ACR: Acr = 'eidas2';

/** What no administrator lowers: the secure mail never accepts a password alone. */
export const NEVER_BELOW: Readonly<Record<string, Acr>> = { messagerie: 'eidas2' };

/** What the library hands over: metadata under the names they were registered with. */
export interface ClientLike {
  readonly clientId: string;
  readonly [metadata: string]: unknown;
}

const own = <N extends OwnMetadataName>(client: ClientLike, name: N): z.infer<(typeof OWN_METADATA)[N]> | undefined => {
  const read = OWN_METADATA[name].safeParse(client[name]);
  return read.success ? (read.data as z.infer<(typeof OWN_METADATA)[N]>) : undefined;
};

const leastOf = (clientId: string, asked: Acr): Acr => strongest([asked, NEVER_BELOW[clientId] ?? asked]) ?? asked;

/** An unreadable `minimum_acr` or `allowed_modes` counts as the strictest reading, never as none. */
export function policyOf(client: ClientLike): ApplicationPolicy {
  const modes = client.allowed_modes === undefined ? undefined : (own(client, 'allowed_modes') ?? []);
  return {
    clientId: client.clientId,
    minimumAcr: leastOf(client.clientId, own(client, 'minimum_acr') ?? DEFAULT_MINIMUM_ACR),
    allowedModes: modes as readonly ModeId[] | undefined,
  };
}

export const isFirstParty = (client: ClientLike): boolean => client.first_party === true;

/** A desktop application keeps no secret: its tokens, refresh tokens included, are bound to a key of each machine. */
export const isDesktopApplication = (client: ClientLike): boolean =>
  client.desktop_application === true &&
  client.dpopBoundAccessTokens === true &&
  client.clientAuthMethod === 'none' &&
  client.applicationType === 'native';

/** PKCE S256 for all, unless an administrator marked the client otherwise. */
export const needsPkce = (client: ClientLike): boolean => client.pkce_required !== false;

export const allowedResources = (client: ClientLike): readonly string[] => own(client, 'allowed_resources') ?? [];

export const exchangeResources = (client: ClientLike): readonly string[] => own(client, 'exchange_resources') ?? [];

const WITHOUT_PEOPLE: readonly unknown[] = [
  'client_credentials',
  'refresh_token',
  'urn:ietf:params:oauth:grant-type:token-exchange',
];

/** Whether people sign in to it: an API that only exchanges tokens has no rule for sign-ins of its own. */
export const signsPeopleIn = ({ grantTypes }: ClientLike): boolean =>
  !Array.isArray(grantTypes) || grantTypes.some((type) => !WITHOUT_PEOPLE.includes(type));

export const resourceServerOf = (client: ClientLike): string | undefined => own(client, 'resource_server');
/** What for, by scope or claim, in the application's own words: clean, also those of before foreign-metadata.ts. */
export const purposeOf = (client: ClientLike): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(own(client, 'purpose') ?? {}).map(([name, text]) => [name, shownText(text, 300)]));

export const isSandboxClient = (client: ClientLike): boolean =>
  client.stage === 'sandbox' || client.stage === 'submitted';

export const stepUpReason = (client: ClientLike): string | undefined => {
  const reason = own(client, 'step_up_reason');
  return reason === undefined ? undefined : shownText(reason, 300);
};
