// @peculiar/x509 refuses to load without this polyfill; it must come first.
import 'reflect-metadata';

import type { X509Certificate } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { Name, X509Certificate as ParsedCertificate, SubjectAlternativeNameExtension } from '@peculiar/x509';
import ipaddr from 'ipaddr.js';
import type { ClientAuthMethod, Configuration } from 'oidc-provider';
import { ROUTES } from './routes.ts';

/** The certificate of the client software behind one request, where a proxy of ours vouches for it. */
export interface ClientCertificate {
  readonly certificate: X509Certificate;
  /** The proxy checked its chain. */
  readonly verified: boolean;
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
type SubjectProperty = Parameters<NonNullable<MtlsFeature['certificateSubjectMatches']>>[1];

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
      const shown = certificateOf(ctx.req);
      return shown !== undefined && subjectMatches(shown.certificate, property, expected);
    },
  };
}

/** The one name that the client registered, compared with what the certificate says, never as free text (§2.1.2). */
export function subjectMatches(certificate: X509Certificate, property: SubjectProperty, expected: string): boolean {
  const parsed = new ParsedCertificate(certificate.raw);
  if (property === 'tls_client_auth_subject_dn') return sameName(parsed.subjectName, expected);
  const names = parsed.getExtension(SubjectAlternativeNameExtension)?.names.toJSON() ?? [];
  const values = (type: string) => names.filter((name) => name.type === type).map(({ value }) => String(value));
  switch (property) {
    case 'tls_client_auth_san_dns':
      return values('dns').some((value) => value.toLowerCase() === expected.toLowerCase());
    case 'tls_client_auth_san_uri':
      return values('url').includes(expected);
    case 'tls_client_auth_san_email':
      return values('email').includes(expected);
    case 'tls_client_auth_san_ip':
      return values('ip').some((value) => sameAddress(value, expected));
    default:
      return false;
  }
}

/** RFC 4514 writes a name from its most specific part on; a certificate holds it the other way round. */
function sameName(subject: Name, expected: string): boolean {
  const registered = new Name(expected).toJSON();
  const shown = subject.toJSON().reverse();
  return registered.length > 0 && JSON.stringify(shown) === JSON.stringify(registered);
}

function sameAddress(one: string, other: string): boolean {
  if (!ipaddr.isValid(one) || !ipaddr.isValid(other)) return false;
  return ipaddr.process(one).toString() === ipaddr.process(other).toString();
}
