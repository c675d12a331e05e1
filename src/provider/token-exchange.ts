import { type AccessToken, errors, type Provider, type TokenEndpointGrantContext } from 'oidc-provider';
import * as grants from 'oidc-provider/lib/helpers/grants.js';
import type { ResourceServer } from '../../config/resources.ts';
import { type ClientLike, exchangeResources, signsPeopleIn } from '../clients/metadata.ts';
import { requestInfo } from '../http/request.ts';
import type { Storage } from '../storage.ts';
import { whyNotOpenNow } from './opening.ts';
import type { Professional } from './professional.ts';
import { resourceInfo } from './resources.ts';
import type { ReadSubject, Subject } from './subject-token.ts';

export const TOKEN_EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange';
const ACCESS_TOKEN = 'urn:ietf:params:oauth:token-type:access_token';
const JWT = 'urn:ietf:params:oauth:token-type:jwt';

const PARAMETERS = [
  'subject_token',
  'subject_token_type',
  'actor_token',
  'actor_token_type',
  'requested_token_type',
  'resource',
  'audience',
  'scope',
] as const;
type Parameters = Partial<Record<(typeof PARAMETERS)[number], string>>;
type Ctx = TokenEndpointGrantContext<Parameters>;

export interface TokenExchangeParts {
  readonly storage: Storage;
  readonly resources: readonly ResourceServer[];
  readonly readSubject: ReadSubject;
}

/** What an exchanged token carries on of the one it comes from, with who acts now (RFC 8693 §4.1). */
const carried = new WeakMap<object, Record<string, unknown>>();
export const exchangedClaims = (token: object): Record<string, unknown> | undefined => carried.get(token);

/**
 * Token exchange (RFC 8693): an application calls an API on behalf of the person whose token it holds. Only for clients
 * and APIs that an administrator named together; never for longer, nor for more, than the token that is exchanged.
 */
export function registerTokenExchange(provider: Provider, parts: TokenExchangeParts): void {
  provider.registerGrantType<Parameters>(TOKEN_EXCHANGE, (ctx) => exchange(provider, ctx, parts), PARAMETERS);
}

async function exchange(provider: Provider, ctx: Ctx, { storage, resources, readSubject }: TokenExchangeParts) {
  const { client, params } = ctx.oidc;
  const server = targetOf(params, resources, exchangeResources(client));
  const dPoP = await grants.validateDpop(provider, ctx);
  const certificate = grants.checkMtlsCert(provider, ctx);
  grants.checkDpopRequired(provider, ctx, dPoP);

  const subject = await readSubject(provider, params.subject_token ?? '', client);
  // Stored under a client that its grant does not belong to, an opaque token would never be found again.
  if (server.format === 'opaque' && subject.clientId !== client.clientId) throw new errors.InvalidTarget();
  await holderOf(provider, ctx, subject);
  await grants.checkDpopReplay(provider, ctx, dPoP, client.clientId);
  // A token bound to a key is worth nothing without it, to its owner too; an API received it with its proof.
  if (subject.clientId === client.clientId && subject.jkt !== undefined && subject.jkt !== dPoP?.thumbprint)
    throw new errors.InvalidRequest('subject_token is bound to another key');

  const token = new provider.AccessToken({
    accountId: subject.accountId,
    client,
    grantId: subject.grant.jti,
    gty: TOKEN_EXCHANGE,
    ...subject.session,
  });
  token.resourceServer = new provider.ResourceServer(server.resource, resourceInfo(server, client));
  token.scope = scopeOf(params.scope, subject, server);
  shorten(token, subject.remaining);
  if (certificate) token.setThumbprint('x5t', certificate);
  if (subject.x5t !== undefined && subject.clientId === client.clientId && token['x5t#S256'] !== subject.x5t)
    throw new errors.InvalidRequest('subject_token is bound to another certificate');
  if (dPoP) token.setThumbprint('jkt', dPoP.thumbprint);
  const { act, ...proof } = subject.claims;
  carried.set(token, { ...proof, act: { sub: client.clientId, ...(act === undefined ? {} : { act }) } });

  ctx.oidc.entity('AccessToken', token);
  const { supportCode, address } = requestInfo(ctx.req);
  await storage.audit.write({
    event: 'token.exchanged',
    accountId: subject.accountId,
    clientId: client.clientId,
    supportCode,
    address,
    details: { resource: server.resource, scope: token.scope, from: subject.clientId },
  });
  ctx.body = grants.buildTokenResponse(provider, {
    accessToken: await token.save(),
    issuedTokenType: ACCESS_TOKEN,
    expiresIn: token.expiration,
    scope: token.scope,
    tokenType: token.tokenType,
  });
}

/**
 * Whose token it is, when the sign-in behind it may still open the application that it was given to, and the one that
 * calls: an API, which nobody signs in to, acts for the first.
 */
async function holderOf(provider: Provider, ctx: Ctx, { accountId, clientId, grant }: Subject): Promise<void> {
  const invalid = (cause?: unknown) =>
    Object.assign(new errors.InvalidRequest('subject_token is not valid'), { cause });
  const source = { grantId: grant.jti, clientId };
  const found = grants.findAccount(provider, ctx, accountId, source as never) as Promise<Professional | undefined>;
  const account = await found.catch((error: unknown) => {
    // The error of another grant type: of a subject token it is said in RFC 8693 §2.2.2.
    throw error instanceof errors.InvalidGrant ? invalid(error) : error;
  });
  if (!account?.ofGrant) throw invalid();
  const client = ctx.oidc.client as unknown as ClientLike;
  if (clientId === client.clientId || !signsPeopleIn(client)) return;
  const missing = whyNotOpenNow(account.ofGrant, client, account.ground);
  if (missing)
    throw new errors.InvalidRequest(`subject_token rests on a sign-in that may not open this: ${missing.what}`);
}

/** `resource` and `audience` both name the API by its identifier (§2.1). */
function targetOf(
  params: Parameters,
  resources: readonly ResourceServer[],
  allowed: readonly string[],
): ResourceServer {
  if (params.actor_token !== undefined || params.actor_token_type !== undefined)
    throw new errors.InvalidRequest('actor_token is not supported: the client is the actor');
  for (const name of ['subject_token', 'subject_token_type'] as const)
    if (!params[name]) throw new errors.InvalidRequest(`missing required parameter ${name}`);
  if (params.subject_token_type !== ACCESS_TOKEN)
    throw new errors.InvalidRequest('subject_token_type must be that of an access token');
  const asked = [params.resource, params.audience].filter((target) => target !== undefined);
  const server = resources.find(({ resource }) => asked.length > 0 && asked.every((target) => target === resource));
  if (!server || !allowed.includes(server.resource)) throw new errors.InvalidTarget();
  const type = params.requested_token_type ?? ACCESS_TOKEN;
  if (type !== ACCESS_TOKEN && !(type === JWT && server.format === 'jwt'))
    throw new errors.InvalidRequest('requested_token_type is not supported');
  return server;
}

function scopeOf(asked: string | undefined, subject: Subject, server: ResourceServer): string {
  const possible = Object.keys(server.scopes).filter((scope) => subject.scopes.has(scope));
  const scopes = asked === undefined ? possible : asked.split(' ');
  const [beyond] = scopes.filter((scope) => !possible.includes(scope));
  if (beyond !== undefined || scopes.length === 0)
    throw new errors.InvalidScope('the token that is exchanged does not give this scope', asked ?? '');
  return scopes.join(' ');
}

/** The life is that of any token for this API, cut where the one it comes from ends. */
function shorten(token: AccessToken, remaining: number): void {
  const life = Math.min(token.expiration, remaining);
  if (life < 1) throw new errors.InvalidRequest('subject_token is not valid');
  Object.defineProperty(token, 'expiresIn', { value: life, writable: true, configurable: true });
}
