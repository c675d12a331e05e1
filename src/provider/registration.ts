import { type ClientMetadata, errors, type KoaContextWithOIDC } from 'oidc-provider';
import type { Acr } from '../../config/modes.ts';
import { isAcr, satisfies } from '../assurance/levels.ts';
import { ForeignMetadataError, readForeign } from '../clients/foreign-metadata.ts';
import {
  ADMINISTRATORS_OWN,
  type ClientLike,
  DEFAULT_MINIMUM_ACR,
  NEVER_BELOW,
  OWN_METADATA,
  type OwnMetadataName,
} from '../clients/metadata.ts';
import { allowsHost, type RegistrationPolicy, registrationPolicy } from '../clients/registration-policy.ts';
import { UserError } from '../http/errors.ts';
import type { Limits } from '../protection/limits.ts';
import type { Storage } from '../storage.ts';
import { applyFapiProfile, isFapi } from './fapi.ts';

/**
 * Validates metadata of ours on registration and on every load of a stored client, when `ctx` is not there: what a row
 * holds is then taken as it is, so that a rule tightened later does not break a client that lives.
 */
export function validateOwnMetadata(
  ctx: KoaContextWithOIDC | undefined,
  key: string,
  value: unknown,
  metadata: ClientMetadata,
): void {
  if (value === undefined) {
    if (key === 'minimum_acr') metadata.minimum_acr = DEFAULT_MINIMUM_ACR;
    return;
  }
  if (!OWN_METADATA[key as OwnMetadataName].safeParse(value).success && ctx) {
    throw new errors.InvalidClientMetadata(`${key} is not valid`);
  }
  if (key === 'fapi_profile') applyFapiProfile(metadata);
}

const CIBA_GRANT = 'urn:openid:params:grant-type:ciba';
const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]']);

const refusedAddress = (uri: unknown) =>
  Object.assign(new errors.InvalidRedirectUri(), {
    error_description: `${JSON.stringify(uri)?.slice(0, 300)} is not an address that a browser may be sent back to`,
  });

function checkRedirect(uri: unknown, native: boolean, loopback: boolean): void {
  if (typeof uri !== 'string' || !URL.canParse(uri)) throw refusedAddress(uri);
  const { protocol, hostname, hash } = new URL(uri);
  if (uri.includes('*') || uri.includes('#') || hash) throw refusedAddress(uri);
  if (protocol === 'https:') return;
  // RFC 8252 §7.3: loopback over http; §7.1: a private scheme in reverse domain form. `javascript:` has no dot.
  if (protocol === 'http:' && LOOPBACK.has(hostname) && (native || loopback)) return;
  if (native && protocol !== 'http:' && protocol.includes('.')) return;
  throw refusedAddress(uri);
}

/** Every address that a browser may be sent back to. @param loopback http to this machine, for whoever develops */
export function checkRedirects(properties: ClientMetadata, loopback: boolean): void {
  for (const uri of [...(properties.redirect_uris ?? []), ...(properties.post_logout_redirect_uris ?? [])]) {
    checkRedirect(uri, properties.application_type === 'native', loopback);
  }
}

function narrow(properties: ClientMetadata, policy: RegistrationPolicy): void {
  const refuse = (what: string) => {
    throw new errors.InvalidClientMetadata(`the initial access token does not allow ${what}`);
  };
  for (const uri of [...(properties.redirect_uris ?? []), ...(properties.post_logout_redirect_uris ?? [])]) {
    if (!allowsHost(policy, uri)) refuse(`the host of ${uri}`);
  }
  if (policy.scopes) {
    const asked = typeof properties.scope === 'string' ? properties.scope.split(' ') : policy.scopes;
    const beyond = asked.filter((scope) => !policy.scopes?.includes(scope));
    if (beyond.length > 0) refuse(`the scope ${beyond.join(' ')}`);
    properties.scope = asked.join(' ');
  }
  if (policy.auth_methods) {
    properties.token_endpoint_auth_method ??= policy.auth_methods[0] as never;
    const method = String(properties.token_endpoint_auth_method);
    if (!policy.auth_methods.includes(method)) refuse(`token_endpoint_auth_method ${method}`);
  }
}

/** The modes that may open it: left out they stay, and an application that narrowed them is widened by an administrator. */
function checkModes(properties: ClientMetadata, set: readonly unknown[] | undefined): void {
  if (set === undefined) return;
  properties.allowed_modes ??= set;
  const asked = [properties.allowed_modes].flat();
  if (asked.some((mode) => !set.includes(mode)))
    throw new errors.InvalidClientMetadata('allowed_modes is widened by an administrator');
}

/** Texts and lists, in the form in which they are kept. What is stored already may be said again. */
function checkTexts(properties: ClientMetadata, platform: string, client: KoaContextWithOIDC['oidc']['client']): void {
  try {
    Object.assign(properties, readForeign(properties, { platform, before: client?.metadata() }));
  } catch (error) {
    throw error instanceof ForeignMetadataError ? new errors.InvalidClientMetadata(error.message) : error;
  }
}

/** The least level that may stand: what the token allows, or what an administrator has set since. */
function checkLevel(properties: ClientMetadata, policy: RegistrationPolicy, set: Acr | undefined): void {
  const asked = properties.minimum_acr;
  if (asked === undefined) {
    if (set ?? policy.minimum_acr) properties.minimum_acr = set ?? policy.minimum_acr;
    return;
  }
  if (!isAcr(asked)) throw new errors.InvalidClientMetadata('minimum_acr is not valid');
  const allowed = policy.minimum_acr ?? DEFAULT_MINIMUM_ACR;
  if (!satisfies(asked, allowed) && asked !== set)
    throw new errors.InvalidClientMetadata(`a minimum_acr below ${allowed} is set by an administrator`);
  const never = NEVER_BELOW[properties.client_id];
  if (never && !satisfies(asked, never))
    throw new errors.InvalidClientMetadata(`minimum_acr is never below ${never} for this application`);
}

export interface RegistrationParts {
  readonly limits: Limits;
  readonly storage: Storage;
  readonly sandbox: boolean;
  /** PLATFORM_NAME, which nobody else bears. */
  readonly platform: string;
}

/** Takes one registration of the token. @returns what it allows. */
async function takeToken(tokenId: string, { limits, storage }: RegistrationParts): Promise<RegistrationPolicy> {
  const usedUp = () => new errors.InvalidToken('the initial access token is used up');
  try {
    await limits.take('registrations-token', tokenId);
  } catch (error) {
    // An outage is not a used-up token: the client may try again.
    if (!(error instanceof UserError)) throw error;
    throw usedUp();
  }
  const policy = await storage.registrationPolicies.take(tokenId);
  if (policy === 'used-up') throw usedUp();
  return policy ?? {};
}

/**
 * The policy that every initial access token carries: what an application may say of itself, and what only an
 * administrator may. Runs on creation and on update.
 */
export function createRegistrationPolicy(parts: RegistrationParts) {
  return async (ctx: KoaContextWithOIDC, properties: ClientMetadata): Promise<void> => {
    const token = ctx.oidc.entities.InitialAccessToken;
    const client = ctx.oidc.client as ClientLike | undefined;
    const policy = token?.jti
      ? await takeToken(token.jti, parts)
      : (registrationPolicy.safeParse(client?.registration_policy).data ?? {});
    // Neither given nor taken from outside, so that a client that repeats its own metadata is not refused.
    for (const name of ADMINISTRATORS_OWN) {
      delete properties[name];
      if (client?.[name] !== undefined) properties[name] = client[name];
    }
    if (!client && policy.first_party) properties.first_party = true;
    checkTexts(properties, parts.platform, ctx.oidc.client);
    checkRedirects(properties, parts.sandbox);
    narrow(properties, policy);
    // What is stricter stays: a client does not leave the profile that it was put under.
    if (isFapi(client)) properties.fapi_profile = '2.0';
    // It asks people by their identifier, on their own desktop: not for whoever registers.
    const grants = client?.grantTypes as readonly string[] | undefined;
    if (properties.grant_types?.includes(CIBA_GRANT) && !grants?.includes(CIBA_GRANT))
      throw new errors.InvalidClientMetadata('requests without a browser are opened by an administrator');
    checkLevel(properties, policy, isAcr(client?.minimum_acr) ? client.minimum_acr : undefined);
    checkModes(properties, client?.allowed_modes as readonly unknown[] | undefined);
    delete properties.registration_policy;
    if (Object.keys(policy).length > 0) properties.registration_policy = policy;
  };
}

export const REGISTRATION_POLICY = 'regional-application';
