import { verify } from 'node:crypto';
import { type BasicOCSPResponse, id_kp_OCSPSigning } from '@peculiar/asn1-ocsp';
import { AsnConvert, BitString } from '@peculiar/asn1-schema';
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

/** The signed part of an answer, as it came and as it was read. */
export interface Basic {
  readonly der: Buffer;
  readonly parsed: BasicOCSPResponse;
}

export const isSigned = (basic: Basic, issuer: Certificate, now: Date): boolean =>
  signers(basic, issuer, now).some((signer) => signed(basic, signer));

/** Who may answer for this authority: itself, or whom it named for that (RFC 6960 §4.2.2.2). Nobody else, whatever is sent. */
function signers({ der, parsed: { certs = [] } }: Basic, issuer: Certificate, now: Date): readonly Certificate[] {
  const delegated = certs
    .map((certificate) => Buffer.from(AsnConvert.serialize(certificate)))
    .filter((certificate) => der.includes(certificate))
    .map(readCertificate)
    .filter((certificate) => certificate !== undefined)
    .filter((certificate) => isDelegate(certificate, issuer, now));
  return [issuer, ...delegated];
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

function signed({ der, parsed }: Basic, signer: Certificate): boolean {
  const { tbsResponseDataRaw, signatureAlgorithm, signature } = parsed;
  const hash = SIGNATURE_HASHES.get(signatureAlgorithm.algorithm);
  if (hash === undefined || signatureAlgorithm.parameters || !tbsResponseDataRaw) return false;
  const data = Buffer.from(tbsResponseDataRaw);
  const algorithm = Buffer.from(AsnConvert.serialize(signatureAlgorithm));
  const bits = Buffer.from(AsnConvert.serialize(new BitString(signature)));
  return (
    // A signature with unused bits, or anything that DER writes otherwise, was tampered with.
    der.includes(Buffer.concat([data, algorithm, bits])) &&
    verify(hash, data, signer.openssl.publicKey, Buffer.from(signature))
  );
}
