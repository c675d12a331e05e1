import { createHash, randomBytes } from 'node:crypto';
import { CertID, id_pkix_ocsp_nonce, OCSPRequest, Request, TBSRequest } from '@peculiar/asn1-ocsp';
import { AsnConvert, OctetString } from '@peculiar/asn1-schema';
import { AlgorithmIdentifier, Extension, Certificate as ParsedCertificate } from '@peculiar/asn1-x509';
import type { Certificate } from '../../src/cards/certificate.ts';

/** How a request names the authority (RFC 6960 §4.1.1). It only finds the certificate: nothing is proved by this hash. */
export const NAMING_HASHES = ['sha1', 'sha256'] as const;
export type NamingHash = (typeof NAMING_HASHES)[number];

const OIDS: Readonly<Record<NamingHash, string>> = { sha1: '1.3.14.3.2.26', sha256: '2.16.840.1.101.3.4.2.1' };
/** RFC 9654 §2.1. */
const NONCE_BYTES = 32;

export interface Question {
  readonly der: Buffer;
  readonly certId: CertID;
  /** The value of the extension, as the answer must bring it back. */
  readonly nonce: Buffer;
}

/** One question on one certificate, that no earlier answer fits. */
export function questionOn(certificate: Certificate, issuer: Certificate, hash: NamingHash): Question {
  const { subject, subjectPublicKeyInfo } = tbsOf(issuer);
  const hashed = (bytes: ArrayBuffer) => new OctetString(createHash(hash).update(Buffer.from(bytes)).digest());
  const certId = new CertID({
    hashAlgorithm: new AlgorithmIdentifier({ algorithm: OIDS[hash], parameters: null }),
    issuerNameHash: hashed(AsnConvert.serialize(subject)),
    issuerKeyHash: hashed(subjectPublicKeyInfo.subjectPublicKey),
    serialNumber: tbsOf(certificate).serialNumber,
  });
  const nonce = Buffer.from(AsnConvert.serialize(new OctetString(randomBytes(NONCE_BYTES))));
  const tbsRequest = new TBSRequest({
    requestList: [new Request({ reqCert: certId })],
    requestExtensions: [new Extension({ extnID: id_pkix_ocsp_nonce, extnValue: new OctetString(nonce) })],
  });
  return { der: Buffer.from(AsnConvert.serialize(new OCSPRequest({ tbsRequest }))), certId, nonce };
}

const tbsOf = ({ openssl }: Certificate) => AsnConvert.parse(openssl.raw, ParsedCertificate).tbsCertificate;
