import type { ClientMetadata } from 'oidc-provider';
import { SCOPES } from '../../config/claims.ts';
import type { Acr } from '../../config/modes.ts';
import { isAcr } from '../assurance/levels.ts';
import type { StoredClient } from './client.ts';
import { DEFAULT_MINIMUM_ACR } from './metadata.ts';

/** Where an application keeps what it knows: on a server, in a browser, on a telephone or a workstation. */
export const KINDS = ['server', 'browser', 'native'] as const;
export type Kind = (typeof KINDS)[number];

/** What an integrator says of an application: what the form shows, and no more. */
export interface Draft {
  readonly name: string;
  readonly kind: Kind;
  readonly redirectUris: readonly string[];
  readonly postLogoutRedirectUris: readonly string[];
  readonly scopes: readonly string[];
  readonly minimumAcr: Acr;
  readonly stepUpReason: string | undefined;
  readonly contact: string;
}

export const kindOf = ({ metadata }: Pick<StoredClient, 'metadata'>): Kind => {
  if (metadata.application_type === 'native') return 'native';
  return metadata.token_endpoint_auth_method === 'none' ? 'browser' : 'server';
};

const scopesOf = ({ scope = '' }: ClientMetadata): string[] => scope.split(' ').filter(Boolean);
const plain = (text: string): string => text.normalize('NFC').trim();

/** The form of an application as it is. Sent back unchanged, it is this again. */
export function draftOf({ metadata }: Pick<StoredClient, 'metadata'>): Draft {
  const shown = scopesOf(metadata).filter((scope) => SCOPES.includes(scope));
  const reason = typeof metadata.step_up_reason === 'string' ? plain(metadata.step_up_reason) : '';
  return {
    name: plain(metadata.client_name ?? ''),
    kind: kindOf({ metadata }),
    redirectUris: metadata.redirect_uris ?? [],
    postLogoutRedirectUris: metadata.post_logout_redirect_uris ?? [],
    scopes: [...new Set(['openid', ...shown])],
    minimumAcr: isAcr(metadata.minimum_acr) ? metadata.minimum_acr : DEFAULT_MINIMUM_ACR,
    stepUpReason: reason || undefined,
    contact: plain(metadata.contacts?.[0] ?? ''),
  };
}

const WRITERS: { readonly [field in keyof Draft]: (draft: Draft, from: ClientMetadata) => Partial<ClientMetadata> } = {
  name: ({ name }) => ({ client_name: name }),
  kind: ({ kind }) => ({
    application_type: kind === 'native' ? 'native' : 'web',
    token_endpoint_auth_method: kind === 'server' ? 'client_secret_basic' : 'none',
  }),
  redirectUris: ({ redirectUris }) => ({ redirect_uris: [...redirectUris] }),
  postLogoutRedirectUris: ({ postLogoutRedirectUris }) => ({ post_logout_redirect_uris: [...postLogoutRedirectUris] }),
  // Those that the form does not show are an administrator's.
  scopes: ({ scopes }, from) => ({
    scope: [...scopes, ...scopesOf(from).filter((scope) => !SCOPES.includes(scope))].join(' '),
  }),
  minimumAcr: ({ minimumAcr }) => ({ minimum_acr: minimumAcr }),
  stepUpReason: ({ stepUpReason }) => ({ step_up_reason: stepUpReason }),
  contact: ({ contact }, from) => ({ contacts: [contact, ...(from.contacts ?? []).slice(1)] }),
};
const FIELDS = Object.keys(WRITERS) as (keyof Draft)[];

const comparable = (value: Draft[keyof Draft], field: keyof Draft): string =>
  JSON.stringify(field === 'scopes' ? [...(value as readonly string[])].sort() : (value ?? null));

/** The fields of the form that somebody wrote something else in. */
export const changedFields = (from: Pick<StoredClient, 'metadata'>, draft: Draft): (keyof Draft)[] => {
  const shown = draftOf(from);
  return FIELDS.filter((field) => comparable(draft[field], field) !== comparable(shown[field], field));
};

/** The metadata with these fields of the draft, everything else as it was: the form patches what it shows. */
export function patched(
  metadata: Readonly<Omit<ClientMetadata, 'client_id'>>,
  draft: Draft,
  fields: readonly (keyof Draft)[] = FIELDS,
): Omit<ClientMetadata, 'client_id'> {
  const to: Record<string, unknown> = { ...metadata };
  for (const field of fields) Object.assign(to, WRITERS[field](draft, metadata as ClientMetadata));
  return Object.fromEntries(Object.entries(to).filter(([, value]) => value !== undefined)) as ClientMetadata;
}
