import { type Configuration, errors, type KoaContextWithOIDC } from 'oidc-provider';
import type { ResourceServer } from '../../config/resources.ts';
import { allowedResources, type ClientLike } from '../clients/metadata.ts';
import { isFapi } from './fapi.ts';

type Feature = NonNullable<NonNullable<Configuration['features']>['resourceIndicators']>;
type Info = Awaited<ReturnType<NonNullable<Feature['getResourceServerInfo']>>>;

/**
 * What oidc-provider must know of an API to make a token for it, for this client. A FAPI client's tokens are signed with
 * ES256; RFC 9068 §2.1 has everybody else's signed with RS256.
 */
export function resourceInfo(server: ResourceServer, client: ClientLike): Info {
  return {
    scope: Object.keys(server.scopes).join(' '),
    audience: server.resource,
    accessTokenFormat: server.format,
    ...(server.format === 'jwt' ? { jwt: { sign: { alg: isFapi(client) ? 'ES256' : 'RS256' } } } : {}),
  };
}

/** Only declared APIs, and of these only those that an administrator opened to this client (RFC 8707 §2). */
export function createResources(servers: readonly ResourceServer[]): Feature {
  return {
    enabled: true,
    defaultResource: (_ctx, _client, several) => several,
    getResourceServerInfo(_ctx, resource, client) {
      const server = servers.find((one) => one.resource === resource);
      if (!server || !allowedResources(client).includes(resource)) throw new errors.InvalidTarget();
      return resourceInfo(server, client);
    },
    // A token without `resource` is for userinfo, whatever else was granted.
    useGrantedResource: async () => false,
  };
}

/** The scopes of APIs that this request asks for, by API. */
export function requestedResourceScopes({ oidc }: KoaContextWithOIDC): [resource: string, scopes: string[]][] {
  return Object.entries(oidc.resourceServers ?? {}).map(([resource, server]) => {
    const known = new Set(server.scope.split(' '));
    return [resource, [...oidc.requestParamScopes].filter((scope) => known.has(scope))];
  });
}

interface Proof {
  readonly acr?: string | undefined;
  readonly amr?: readonly string[] | undefined;
  readonly authTime?: number | undefined;
}

/**
 * How the person behind a token signed in, for the API that receives it: RFC 9068 §2.2.1 in the token, RFC 9470 §6.2 in
 * its introspection. Taken from what the token is made of, so that a token never says more than its grant.
 */
export function proofClaims(ctx: KoaContextWithOIDC | undefined): Record<string, unknown> | undefined {
  const { AuthorizationCode, RefreshToken, DeviceCode, BackchannelAuthenticationRequest } = ctx?.oidc.entities ?? {};
  const source = (AuthorizationCode ?? RefreshToken ?? DeviceCode ?? BackchannelAuthenticationRequest) as
    | Proof
    | undefined;
  if (source?.acr === undefined) return undefined;
  return { acr: source.acr, amr: source.amr, auth_time: source.authTime };
}
