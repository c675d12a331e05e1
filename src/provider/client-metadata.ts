import type Provider from 'oidc-provider';
import { type ClientMetadata, errors } from 'oidc-provider';
import { satisfies } from '../assurance/levels.ts';
import { ForeignMetadataError, readForeign } from '../clients/foreign-metadata.ts';
import { NEVER_BELOW, OWN_METADATA, type policyOf } from '../clients/metadata.ts';
import { shownText } from '../foreign-text.ts';
import { checkRedirects } from './registration.ts';

/** What is wrong with the metadata of an application, in a sentence. */
export class MetadataError extends Error {
  override readonly name = 'MetadataError';
}

export interface MetadataTerms {
  /** http to this machine, for whoever develops. */
  readonly loopback: boolean;
  /** PLATFORM_NAME, which no other application bears. */
  readonly platform: string;
  /** What is stored: it may be said again. */
  readonly before?: ClientMetadata | undefined;
}

function orRefuse<T>(read: () => T, refuse: (what: string) => never): T {
  try {
    return read();
  } catch (error) {
    return error instanceof ForeignMetadataError ? refuse(error.message) : raise(error);
  }
}

const raise = (error: unknown): never => {
  throw error;
};

type LibraryClient = new (metadata: ClientMetadata) => { metadata(): ClientMetadata };

/**
 * What an administrator writes is checked as a registration is, and unknown names beside: a name that is spelled wrong
 * would be left out in silence.
 * @returns the metadata as the library keeps it, with its defaults.
 * @throws {MetadataError}
 */
export async function completeMetadata(
  provider: Provider,
  given: ClientMetadata,
  { loopback, platform, before }: MetadataTerms,
): Promise<ClientMetadata> {
  const refuse = (what: string): never => {
    throw new MetadataError(`${shownText(String(given.client_id), 100)}: ${what}`);
  };
  const metadata = orRefuse(() => readForeign(given, { platform, before }) as ClientMetadata, refuse);
  for (const [name, type] of Object.entries(OWN_METADATA)) {
    if (metadata[name] !== undefined && !type.safeParse(metadata[name]).success) refuse(`${name} is not valid`);
  }
  const never = NEVER_BELOW[metadata.client_id];
  const asked = metadata.minimum_acr as ReturnType<typeof policyOf>['minimumAcr'] | undefined;
  if (never && asked && !satisfies(asked, never)) refuse(`minimum_acr is never below ${never} for this application`);
  try {
    checkRedirects(metadata, loopback);
    await (provider.Client as unknown as { validate(metadata: ClientMetadata): Promise<void> }).validate(metadata);
    const complete = new (provider.Client as unknown as LibraryClient)(metadata).metadata();
    const unknown = Object.keys(metadata).filter((name) => metadata[name] !== undefined && !(name in complete));
    if (unknown.length > 0) refuse(`unknown: ${unknown.join(', ')}`);
    return JSON.parse(JSON.stringify(complete)) as ClientMetadata;
  } catch (error) {
    if (!(error instanceof errors.OIDCProviderError)) throw error;
    return refuse(error.error_description ?? error.message);
  }
}

/** Whether it authenticates by a secret, or needs one for something else. */
export const needsSecret = (provider: Provider, metadata: ClientMetadata): boolean =>
  (provider.Client as unknown as { needsSecret(metadata: ClientMetadata): boolean }).needsSecret({
    token_endpoint_auth_method: 'client_secret_basic',
    ...metadata,
  } as ClientMetadata);
