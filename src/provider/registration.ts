import { type ClientMetadata, errors, type KoaContextWithOIDC } from 'oidc-provider';
import { isAcr, satisfies } from '../assurance/levels.ts';
import { ADMINISTRATORS_OWN, DEFAULT_MINIMUM_ACR, OWN_METADATA, type OwnMetadataName } from '../clients/metadata.ts';
import { UserError } from '../http/errors.ts';
import type { Limits } from '../protection/limits.ts';
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

const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]']);

function checkRedirect(uri: unknown, native: boolean, sandbox: boolean): void {
  if (typeof uri !== 'string' || !URL.canParse(uri)) throw new errors.InvalidRedirectUri();
  const { protocol, hostname, hash } = new URL(uri);
  if (uri.includes('*') || uri.includes('#') || hash) throw new errors.InvalidRedirectUri();
  if (protocol === 'https:') return;
  // RFC 8252 §7.3: loopback over http; §7.1: a private scheme in reverse domain form. `javascript:` has no dot.
  if (protocol === 'http:' && LOOPBACK.has(hostname) && (native || sandbox)) return;
  if (native && protocol !== 'http:' && protocol.includes('.')) return;
  throw new errors.InvalidRedirectUri();
}

/**
 * The policy that every initial access token carries: what an application may say of itself, and what only an
 * administrator may. Runs on creation and on update.
 */
export function createRegistrationPolicy({ limits, sandbox }: { limits: Limits; sandbox: boolean }) {
  return async (ctx: KoaContextWithOIDC, properties: ClientMetadata): Promise<void> => {
    const token = ctx.oidc.entities.InitialAccessToken;
    if (token?.jti) {
      try {
        await limits.take('registrations-token', token.jti);
      } catch (error) {
        // An outage is not a used-up token: the client may try again.
        if (!(error instanceof UserError)) throw error;
        throw new errors.InvalidToken('the initial access token is used up');
      }
    }
    for (const uri of [...(properties.redirect_uris ?? []), ...(properties.post_logout_redirect_uris ?? [])]) {
      checkRedirect(uri, properties.application_type === 'native', sandbox);
    }
    // An administrator's to give; silently kept away, so that a client that repeats its own metadata is not refused.
    for (const name of ADMINISTRATORS_OWN) delete properties[name];
    // What is stricter stays: a client does not leave the profile that it was put under.
    if (isFapi(ctx.oidc.client)) properties.fapi_profile = '2.0';
    const asked = properties.minimum_acr;
    if (asked !== undefined && !isAcr(asked)) throw new errors.InvalidClientMetadata('minimum_acr is not valid');
    if (asked !== undefined && !satisfies(asked, DEFAULT_MINIMUM_ACR)) {
      throw new errors.InvalidClientMetadata('a minimum_acr below eidas2 is set by an administrator');
    }
  };
}

export const REGISTRATION_POLICY = 'regional-application';
