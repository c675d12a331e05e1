import { verify } from 'node:crypto';
import { id_kp_OCSPSigning } from '@peculiar/asn1-ocsp';
import { AsnProp, AsnPropTypes } from '@peculiar/asn1-schema';
import { AlgorithmIdentifier } from '@peculiar/asn1-x509';
import { type Certificate, readCertificate } from '../../src/cards/certificate.ts';

/** Signatures with SHA-256 or better, as for certificates: RSA PKCS#1 (RFC 4055 §5) and ECDSA (RFC 5758 §3.2). */
const SIGNATURE_HASHES: ReadonlyMap<string, string> = new Map([
  ['1.2.840.113549.1.1.11', 'sha256'],
  ['1.2.840.113549.1.1.12', 'sha384'],
  ['1.2.840.113549.1.1.13', 'sha512'],
  ['1.2.840.10045.4.3.2', 'sha256'],
  ['1.2.840.10045.4.3.3', 'sha384'],
  ['1.2.840.10045.4.3.4', 'sha512'],
]);
/** Basic constraints, key usage, extended key usage, alternative names, policies. */
const UNDERSTOOD = ['2.5.29.19', '2.5.29.15', '2.5.29.37', '2.5.29.17', '2.5.29.32'];
/** A delegate and the authorities above it. Reading hundreds would hold up everybody's requests. */
const MOST_CERTIFICATES = 4;

/**
 * BasicOCSPResponse (RFC 6960 §4.2.1) with its parts as they came: what is checked are these bytes, what is read later
 * are these bytes, and writing them again shows whether they stood in DER. The library's own class re-encodes the parts.
 */
export class SignedAnswer {
  responseData = new ArrayBuffer(0);
  signatureAlgorithm = new AlgorithmIdentifier();
  signature = new ArrayBuffer(0);
  certificates?: ArrayBuffer[];
}
AsnProp({ type: AsnPropTypes.Any })(SignedAnswer.prototype, 'responseData');
AsnProp({ type: AlgorithmIdentifier })(SignedAnswer.prototype, 'signatureAlgorithm');
AsnProp({ type: AsnPropTypes.BitString })(SignedAnswer.prototype, 'signature');
AsnProp({ type: AsnPropTypes.Any, repeated: 'sequence', context: 0, optional: true })(
  SignedAnswer.prototype,
  'certificates',
);

/** By the authority itself, or by whom it named for that (§4.2.2.2). Nobody else, whatever certificates are sent. */
export function isSigned(answer: SignedAnswer, issuer: Certificate, now: Date): boolean {
  if (signedBy(answer, issuer)) return true;
  return (answer.certificates ?? []).slice(0, MOST_CERTIFICATES).some((der) => {
    const certificate = readCertificate(Buffer.from(der));
    return certificate !== undefined && isDelegate(certificate, issuer, now) && signedBy(answer, certificate);
  });
}

const isDelegate = (certificate: Certificate, issuer: Certificate, now: Date): boolean =>
  certificate.sound &&
  certificate.extendedKeyUsage.includes(id_kp_OCSPSigning) &&
  certificate.keyUsage?.includes('digitalSignature') !== false &&
  certificate.criticalExtensions.every((oid) => UNDERSTOOD.includes(oid)) &&
  certificate.notBefore <= now &&
  now <= certificate.notAfter &&
  certificate.openssl.checkIssued(issuer.openssl) &&
  certificate.openssl.verify(issuer.openssl.publicKey);

function signedBy({ responseData, signatureAlgorithm, signature }: SignedAnswer, signer: Certificate): boolean {
  const hash = SIGNATURE_HASHES.get(signatureAlgorithm.algorithm);
  // None of these algorithms has parameters: a NULL, or nothing.
  if (hash === undefined || signatureAlgorithm.parameters) return false;
  return verify(hash, Buffer.from(responseData), signer.openssl.publicKey, Buffer.from(signature));
}
