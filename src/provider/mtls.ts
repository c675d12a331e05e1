import type { X509Certificate } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { ClientAuthMethod, Configuration } from 'oidc-provider';
import { ROUTES } from './routes.ts';

/** The certificate of the client software behind one request, where a proxy of ours vouches for it. */
export interface ClientCertificate {
  readonly certificate: X509Certificate;
  /** The proxy checked its chain. */
  readonly verified: boolean;
  /** Whether it says the one name that the client registered (RFC 8705 §2.1.2). */
  says(property: SubjectProperty, expected: string): boolean;
}

export type CertificateOf = (request: IncomingMessage) => ClientCertificate | undefined;

/** Discovery names of the doors that client software knocks at, and their routes (RFC 8705 §5). */
const ALIASES = {
  token_endpoint: ROUTES.token,
  userinfo_endpoint: ROUTES.userinfo,
  introspection_endpoint: ROUTES.introspection,
  revocation_endpoint: ROUTES.revocation,
  pushed_authorization_request_endpoint: ROUTES.pushed_authorization_request,
  device_authorization_endpoint: ROUTES.device_authorization,
  backchannel_authentication_endpoint: ROUTES.backchannel_authentication,
} as const;

/** All that is served on the host of client software. */
export const MTLS_ROUTES: readonly string[] = Object.values(ALIASES);

export const MTLS_AUTH_METHODS: readonly ClientAuthMethod[] = ['tls_client_auth', 'self_signed_tls_client_auth'];

export function mtlsDiscovery(origin: string | undefined, ciba: boolean): Record<string, unknown> {
  if (origin === undefined) return {};
  const aliases = Object.entries(ALIASES).filter(([name]) => ciba || name !== 'backchannel_authentication_endpoint');
  return { mtls_endpoint_aliases: Object.fromEntries(aliases.map(([name, route]) => [name, `${origin}${route}`])) };
}

type MtlsFeature = NonNullable<NonNullable<Configuration['features']>['mTLS']>;
export type SubjectProperty = Parameters<NonNullable<MtlsFeature['certificateSubjectMatches']>>[1];

/** Client authentication by certificate, and tokens bound to it (RFC 8705 §2, §3); off where no host asks for one. */
export function createMtls(origin: string | undefined, certificateOf: CertificateOf): MtlsFeature {
  if (origin === undefined) return { enabled: false };
  return {
    enabled: true,
    certificateBoundAccessTokens: true,
    tlsClientAuth: true,
    selfSignedTlsClientAuth: true,
    getCertificate: (ctx) => certificateOf(ctx.req)?.certificate,
    certificateAuthorized: (ctx) => certificateOf(ctx.req)?.verified === true,
    certificateSubjectMatches(ctx, property, expected) {
      return certificateOf(ctx.req)?.says(property, expected) === true;
    },
  };
}
