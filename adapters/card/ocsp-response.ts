import {
  type CertID,
  type CertStatus,
  id_pkix_ocsp_basic,
  id_pkix_ocsp_nonce,
  OCSPResponse,
  OCSPResponseStatus,
  ResponseData,
  type SingleResponse,
} from '@peculiar/asn1-ocsp';
import { AsnConvert } from '@peculiar/asn1-schema';
import type { Certificate } from '../../src/cards/certificate.ts';
import type { RevocationStatus } from '../../src/cards/revocation.ts';
import type { Question } from './ocsp-request.ts';
import { isSigned, SignedAnswer } from './ocsp-signature.ts';

export type OcspFault =
  | 'unreachable'
  | 'unreadable'
  | 'refused'
  | 'signature'
  | 'critical-extension'
  | 'nonce'
  | 'other-certificate'
  | 'out-of-date';

export class OcspRefused extends Error {
  override readonly name = 'OcspRefused';
  readonly fault: OcspFault;
  constructor(fault: OcspFault, cause?: unknown) {
    super(fault, cause === undefined ? undefined : { cause });
    this.fault = fault;
  }
}

/** How far the responder's clock may stand from ours. */
const SKEW_MS = 5 * 60 * 1000;

export interface Asked {
  readonly question: Question;
  readonly issuer: Certificate;
  readonly now: Date;
}

/** What a responder says, once RFC 6960 §3.2 is satisfied. @throws {OcspRefused} */
export function readAnswer(der: Buffer, { question, issuer, now }: Asked): RevocationStatus {
  const answer = signedAnswerOf(der);
  if (!isSigned(answer, issuer, now)) throw new OcspRefused('signature');
  const said = parsed(answer.responseData, ResponseData);
  checkExtensions(said, question);
  const [single, ...more] = said.responses.filter(({ certID }) => same(certID, question.certId));
  // Two answers on one certificate could be read two ways.
  if (!single || more.length > 0) throw new OcspRefused('other-certificate');
  if (!isInDate(single, now)) throw new OcspRefused('out-of-date');
  return statusOf(single.certStatus);
}

function signedAnswerOf(der: Buffer): SignedAnswer {
  const { responseStatus, responseBytes } = exactly(der, OCSPResponse);
  if (responseStatus !== OCSPResponseStatus.successful) throw new OcspRefused('refused');
  if (responseBytes?.responseType !== id_pkix_ocsp_basic) throw new OcspRefused('unreadable');
  return exactly(responseBytes.response.buffer, SignedAnswer);
}

/** DER has one way to write a thing: what is written otherwise, or followed by something, was tampered with. */
function exactly<T>(der: Buffer | ArrayBuffer, type: new () => T): T {
  const value = parsed(der, type);
  if (!Buffer.from(AsnConvert.serialize(value)).equals(new Uint8Array(der))) throw new OcspRefused('unreadable');
  return value;
}

function parsed<T>(der: Buffer | ArrayBuffer, type: new () => T): T {
  try {
    return AsnConvert.parse(der, type);
  } catch (error) {
    throw new OcspRefused('unreadable', error);
  }
}

/** A nonce that comes back is ours, else an old answer is served again; many responders sign in advance and bring none. */
function checkExtensions({ responseExtensions = [], responses }: ResponseData, { nonce }: Question): void {
  const all = [...responseExtensions, ...responses.flatMap(({ singleExtensions = [] }) => singleExtensions)];
  if (all.some(({ critical, extnID }) => critical && extnID !== id_pkix_ocsp_nonce))
    throw new OcspRefused('critical-extension');
  const nonces = responseExtensions.filter(({ extnID }) => extnID === id_pkix_ocsp_nonce);
  if (!nonces.every(({ extnValue }) => nonce.equals(Buffer.from(extnValue.buffer)))) throw new OcspRefused('nonce');
}

const same = (one: CertID, other: CertID): boolean =>
  one.hashAlgorithm.algorithm === other.hashAlgorithm.algorithm &&
  Buffer.from(one.issuerNameHash.buffer).equals(Buffer.from(other.issuerNameHash.buffer)) &&
  Buffer.from(one.issuerKeyHash.buffer).equals(Buffer.from(other.issuerKeyHash.buffer)) &&
  Buffer.from(one.serialNumber).equals(Buffer.from(other.serialNumber));

/** Without `nextUpdate` the responder always knows something newer (RFC 6960 §4.2.2.1): only a fresh answer counts. */
function isInDate({ thisUpdate, nextUpdate = thisUpdate }: SingleResponse, now: Date): boolean {
  const time = now.getTime();
  return thisUpdate.getTime() <= time + SKEW_MS && time - SKEW_MS <= nextUpdate.getTime();
}

/** `good` is a NULL: what tells it from its absence is `null`. */
function statusOf({ good, revoked, unknown }: CertStatus): RevocationStatus {
  if (revoked) return 'revoked';
  return good === null && unknown === undefined ? 'good' : 'unknown';
}
