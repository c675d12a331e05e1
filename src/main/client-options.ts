import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import type { ClientMetadata } from 'oidc-provider';
import { CommandError } from './command-error.ts';

export interface ClientOptions {
  readonly name?: string;
  readonly redirectUri?: string[];
  readonly postLogoutRedirectUri?: string[];
  readonly backchannelLogoutUri?: string;
  readonly scope?: string;
  readonly grantType?: string[];
  readonly authMethod?: string;
  readonly jwksUri?: string;
  readonly jwksFile?: string;
  readonly minimumAcr?: string;
  readonly allowedMode?: string[];
  readonly firstParty?: boolean;
  readonly pkce?: boolean;
  readonly stepUpReason?: string;
  readonly owner?: string;
  readonly contact?: string[];
  readonly purpose?: string[];
  readonly set?: string[];
}

/** The metadata of an application as options of a command. */
export const clientOptions = (command: Command): Command =>
  command
    .option('--name <text>', 'as people read it')
    .option('--redirect-uri <uri...>')
    .option('--post-logout-redirect-uri <uri...>')
    .option('--backchannel-logout-uri <uri>')
    .option('--scope <scopes>', 'what it may ask for')
    .option('--grant-type <type...>')
    .option('--auth-method <method>', 'token_endpoint_auth_method')
    .option('--jwks-uri <uri>')
    .option('--jwks-file <file>', 'its public keys')
    .option('--minimum-acr <level>', 'eidas1, eidas2 (unless said otherwise), eidas3')
    .option('--allowed-mode <mode...>')
    .option('--first-party', "the platform's own: no consent page")
    .option('--no-first-party')
    .option('--pkce', 'required, unless said otherwise')
    .option('--no-pkce')
    .option('--step-up-reason <text>')
    .option('--owner <text>', 'the structure or team that answers for it')
    .option('--contact <mail...>', 'who is told before a secret or certificate ends')
    .option('--purpose <scope=text...>', 'what for, in the words of the consent page')
    .option('--set <name=json...>', 'any other metadata of OpenID Connect registration');

/** `name=value`, cut at the first sign. */
function pair(text: string): [string, string] {
  const at = text.indexOf('=');
  if (at < 1) throw new CommandError(`${text}: write it as name=value.`);
  return [text.slice(0, at), text.slice(at + 1)];
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** Only what was said; the rest of the application stays as it is. */
export function metadataOf(options: ClientOptions): Partial<ClientMetadata> {
  const said: Record<string, unknown> = {
    client_name: options.name,
    redirect_uris: options.redirectUri,
    post_logout_redirect_uris: options.postLogoutRedirectUri,
    backchannel_logout_uri: options.backchannelLogoutUri,
    scope: options.scope,
    grant_types: options.grantType,
    token_endpoint_auth_method: options.authMethod,
    jwks_uri: options.jwksUri,
    jwks: options.jwksFile === undefined ? undefined : JSON.parse(readFileSync(options.jwksFile, 'utf8')),
    minimum_acr: options.minimumAcr,
    allowed_modes: options.allowedMode,
    first_party: options.firstParty,
    pkce_required: options.pkce,
    step_up_reason: options.stepUpReason,
    owner: options.owner,
    contacts: options.contact,
    purpose: options.purpose && Object.fromEntries(options.purpose.map(pair)),
  };
  for (const item of options.set ?? []) {
    const [name, value] = pair(item);
    said[name] = json(value);
  }
  return Object.fromEntries(Object.entries(said).filter(([, value]) => value !== undefined)) as Partial<ClientMetadata>;
}
