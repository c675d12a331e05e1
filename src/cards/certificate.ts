// @peculiar/x509 refuses to load without this polyfill; it must come first.
import 'reflect-metadata';

import { createHash, type KeyObject, X509Certificate } from 'node:crypto';
import {
  BasicConstraintsExtension,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  X509Certificate as ParsedCertificate,
} from '@peculiar/x509';

/**
 * One certificate, as two readers see it: OpenSSL (signatures, issuers, keys) and @peculiar/x509 (names, extensions).
 * Both must have read the same bytes, to the last one.
 */
export interface Certificate {
  readonly openssl: X509Certificate;
  /** Hexadecimal, lower case, without leading zeros: the same on a certificate and in a list. */
  readonly serial: string;
  readonly subject: readonly Attribute[];
  /** For comparing with the issuer of a list only, never for reading a value. */
  readonly subjectText: string;
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly isAuthority: boolean;
  /** How many authorities may stand between this one and a card; undefined: any number. */
  readonly pathLength: number | undefined;
  /** undefined when the extension is not there. */
  readonly keyUsage: readonly KeyUse[] | undefined;
  readonly extendedKeyUsage: readonly string[];
  /** Hexadecimal values, by OID. */
  readonly extensions: ReadonlyMap<string, string>;
  readonly criticalExtensions: readonly string[];
  /** Signed with SHA-256 or better, and an RSA key of 2048 bits at least. */
  readonly sound: boolean;
  /** SHA-256 of the public key (SubjectPublicKeyInfo): an authority keeps it when its certificate is renewed. */
  readonly keyId: string;
}

export interface Attribute {
  /** An OID, or the short name that @peculiar/x509 knows. */
  readonly type: string;
  readonly value: string;
}

export type KeyUse = 'digitalSignature' | 'nonRepudiation' | 'keyCertSign' | 'cRLSign';

/** A CPS certificate is about 2.3 kB. */
const MOST_BYTES = 12 * 1024;
const MOST_ATTRIBUTES = 24;
const MOST_CHARACTERS = 256;
/** What says who the holder is. Twice, it could be read two ways. */
const SINGLE = new Set(['CN', 'SN', 'G', 'T', '2.5.4.65']);
/** NUL, controls, invisible signs, and what a wrong UTF-8 sequence decodes to. */
const UNSAFE = /[\p{C}\ufffd]/u;
/** A name inside a value: `O=A/CN=8997…` fools whoever reads the name as one line of text. */
const NAME_INSIDE = /[/,+;]\s*CN\s*=/i;

const LEAST_RSA_BITS = 2048;
const SOUND_HASHES = ['SHA-256', 'SHA-384', 'SHA-512'];
const KEY_USES: readonly KeyUse[] = ['digitalSignature', 'nonRepudiation', 'keyCertSign', 'cRLSign'];

export const normalSerial = (hex: string): string => hex.toLowerCase().replace(/^0+(?=.)/, '');

/** @returns undefined for anything that is not one well-formed certificate: what a card may hold is never an error. */
export function readCertificate(der: Uint8Array): Certificate | undefined {
  if (der.length === 0 || der.length > MOST_BYTES) return undefined;
  try {
    const openssl = new X509Certificate(der);
    // OpenSSL also reads PEM, and stops at the end of the outer SEQUENCE.
    if (!openssl.raw.equals(der)) return undefined;
    return fieldsOf(openssl, new ParsedCertificate(new Uint8Array(der)));
  } catch {
    // Either reader says what it could not read by throwing, whatever the bytes are.
    return undefined;
  }
}

function fieldsOf(openssl: X509Certificate, parsed: ParsedCertificate): Certificate | undefined {
  const subject = parsed.subjectName
    .toJSON()
    .flatMap((rdn) => Object.entries(rdn).flatMap(([type, values]) => values.map((value) => ({ type, value }))));
  const types = parsed.extensions.map(({ type }) => type);
  // RFC 5280 §4.2: an extension stands once.
  if (!isSafe(subject) || new Set(types).size < types.length) return undefined;

  const constraints = parsed.getExtension(BasicConstraintsExtension);
  const usage = parsed.getExtension(KeyUsagesExtension);
  const { hash } = parsed.signatureAlgorithm;
  return {
    openssl,
    serial: normalSerial(openssl.serialNumber),
    subject,
    subjectText: parsed.subject,
    notBefore: parsed.notBefore,
    notAfter: parsed.notAfter,
    isAuthority: constraints?.ca === true,
    pathLength: constraints?.pathLength,
    keyUsage: usage ? KEY_USES.filter((use) => (usage.usages & KeyUsageFlags[use]) !== 0) : undefined,
    extendedKeyUsage: parsed.getExtension(ExtendedKeyUsageExtension)?.usages.map(String) ?? [],
    extensions: new Map(parsed.extensions.map(({ type, value }) => [type, Buffer.from(value).toString('hex')])),
    criticalExtensions: parsed.extensions.filter(({ critical }) => critical).map(({ type }) => type),
    sound: SOUND_HASHES.includes(hash?.name ?? '') && isSoundKey(openssl.publicKey),
    keyId: createHash('sha256').update(Buffer.from(parsed.publicKey.rawData)).digest('hex'),
  };
}

const isSoundKey = ({ asymmetricKeyType, asymmetricKeyDetails }: KeyObject): boolean =>
  asymmetricKeyType !== 'rsa' || (asymmetricKeyDetails?.modulusLength ?? 0) >= LEAST_RSA_BITS;

function isSafe(subject: readonly Attribute[]): boolean {
  if (subject.length > MOST_ATTRIBUTES) return false;
  const single = subject.filter(({ type }) => SINGLE.has(type)).map(({ type }) => type);
  if (new Set(single).size < single.length) return false;
  return subject.every(
    // `#` begins what is no text at all (RFC 4514 §2.4).
    ({ value }) =>
      value.length <= MOST_CHARACTERS && !value.startsWith('#') && !UNSAFE.test(value) && !NAME_INSIDE.test(value),
  );
}

/** The one value of an attribute of the subject. */
export const attribute = ({ subject }: Certificate, name: string): string | undefined =>
  subject.find(({ type }) => type === name)?.value;
