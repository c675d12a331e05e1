// @peculiar/x509 refuses to load without this polyfill; it must come first.
import 'reflect-metadata';

import type { X509Certificate } from 'node:crypto';
import { Name, X509Certificate as ParsedCertificate, SubjectAlternativeNameExtension } from '@peculiar/x509';
import ipaddr from 'ipaddr.js';
import type { SubjectProperty } from './mtls.ts';

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
