// @peculiar/x509 refuses to load without this polyfill; it must come first.
import 'reflect-metadata';

import { webcrypto } from 'node:crypto';
import {
  BasicConstraintsExtension,
  ExtendedKeyUsageExtension,
  Extension,
  type JsonNameParams,
  KeyUsageFlags,
  KeyUsagesExtension,
  Name,
  SubjectAlternativeNameExtension,
  X509CertificateGenerator,
  X509CrlGenerator,
} from '@peculiar/x509';

/** Real cards hold RSA keys; elliptic ones are made in a millisecond, and nothing here depends on which. */
const KEY = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const DAY = 24 * 60 * 60 * 1000;
const SMARTCARD_LOGON = '1.3.6.1.4.1.311.20.2.2';
const CLIENT_AUTH = '1.3.6.1.5.5.7.3.2';
const EMAIL_PROTECTION = '1.3.6.1.5.5.7.3.4';

export interface Issued {
  readonly name: JsonNameParams;
  readonly certificatePem: string;
  readonly privateKeyPem: string;
  readonly serial: string;
}

export interface AuthoritySketch {
  readonly commonName: string;
  readonly notBefore: Date;
  readonly pathLength?: number;
}

export interface CardUse {
  readonly keyUsage: KeyUsageFlags;
  readonly extended: string[];
}

/** The two certificates of a card. */
export const AUTHENTICATION: CardUse = {
  keyUsage: KeyUsageFlags.digitalSignature,
  extended: [CLIENT_AUTH, SMARTCARD_LOGON],
};
export const SIGNATURE: CardUse = { keyUsage: KeyUsageFlags.nonRepudiation, extended: [EMAIL_PROTECTION] };

export interface CardSketch {
  readonly subject: JsonNameParams;
  readonly notBefore: Date;
  readonly notAfter?: Date;
  readonly use?: CardUse;
  /** Bytes of the private extensions (ANS tables G01, G02, G15), as DER in hexadecimal; null leaves one out. */
  readonly category?: string | null;
  readonly type?: string | null;
  readonly profession?: string;
}

const utf8 = (value: string) => [{ utf8String: value }];

/** The subject of a nominative card: three attributes in one RDN, as the real ones have it. */
export const person = (who: { id: string; family: string; given: string; title: string }): JsonNameParams => [
  { C: [{ printableString: 'FR' }] },
  { T: utf8(who.title) },
  { G: utf8(who.given), CN: utf8(who.id), SN: utf8(who.family) },
];

export async function makeAuthority(sketch: AuthoritySketch, issuer?: Issued): Promise<Issued> {
  const keys = await newKeys();
  const name: JsonNameParams = [
    { C: [{ printableString: 'FR' }] },
    { O: utf8('MIRE BAC A SABLE') },
    { OU: utf8('IGC-SANTE TEST') },
    { CN: utf8(sketch.commonName) },
  ];
  const certificate = await X509CertificateGenerator.create({
    subject: new Name(name),
    issuer: new Name(issuer?.name ?? name),
    publicKey: keys.publicKey,
    signingKey: issuer ? await signingKey(issuer) : keys.privateKey,
    signingAlgorithm: KEY,
    notBefore: sketch.notBefore,
    notAfter: new Date(sketch.notBefore.getTime() + 20 * 365 * DAY),
    extensions: [
      new BasicConstraintsExtension(true, sketch.pathLength, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
    ],
  });
  return issued(name, certificate, keys);
}

/** A certificate with the layout of a card's; the defaults make a valid CPS of the TEST world. */
export async function makeCard(sketch: CardSketch, issuer: Issued, extra: Extension[] = []): Promise<Issued> {
  const keys = await newKeys();
  const { use = AUTHENTICATION, category = '040180', type = '020100', profession } = sketch;
  const commonName = sketch.subject.flatMap((rdn) => (rdn.CN ?? []) as { utf8String?: string }[])[0]?.utf8String;
  const certificate = await X509CertificateGenerator.create({
    subject: new Name(sketch.subject),
    issuer: new Name(issuer.name),
    publicKey: keys.publicKey,
    signingKey: await signingKey(issuer),
    signingAlgorithm: KEY,
    notBefore: sketch.notBefore,
    // Cards last three years.
    notAfter: sketch.notAfter ?? new Date(sketch.notBefore.getTime() + 3 * 365 * DAY),
    extensions: [
      new BasicConstraintsExtension(false),
      new KeyUsagesExtension(use.keyUsage, true),
      new ExtendedKeyUsageExtension(use.extended),
      ...(commonName
        ? [new SubjectAlternativeNameExtension([{ type: 'upn', value: `${commonName}@carte-cps.fr` }])]
        : []),
      ...privateExtension('1.2.250.1.71.1.2.5', category),
      ...privateExtension('1.2.250.1.71.1.2.2', type),
      ...privateExtension('1.2.250.1.71.1.2.7', profession ?? null),
      ...extra,
    ],
  });
  return issued(sketch.subject, certificate, keys);
}

export interface CrlSketch {
  readonly thisUpdate: Date;
  readonly nextUpdate?: Date;
  readonly serials: readonly string[];
  readonly extensions?: Extension[];
}

export async function makeCrl(sketch: CrlSketch, issuer: Issued): Promise<Uint8Array> {
  const { thisUpdate, nextUpdate, serials, extensions = [] } = sketch;
  const crl = await X509CrlGenerator.create({
    issuer: new Name(issuer.name),
    thisUpdate,
    ...(nextUpdate ? { nextUpdate } : {}),
    entries: serials.map((serialNumber) => ({ serialNumber, revocationDate: thisUpdate })),
    extensions,
    signingKey: await signingKey(issuer),
    signingAlgorithm: KEY,
  });
  return new Uint8Array(crl.rawData);
}

const privateExtension = (oid: string, der: string | null): Extension[] =>
  der === null ? [] : [new Extension(oid, false, Buffer.from(der, 'hex'))];

const newKeys = () => webcrypto.subtle.generateKey(KEY, true, ['sign', 'verify']);

const signingKey = ({ privateKeyPem }: Issued) =>
  webcrypto.subtle.importKey(
    'pkcs8',
    Buffer.from(privateKeyPem.replace(/-----[^-]+-----/g, ''), 'base64'),
    KEY,
    false,
    ['sign'],
  );

async function issued(
  name: JsonNameParams,
  certificate: { toString(format: 'pem'): string; serialNumber: string },
  keys: webcrypto.CryptoKeyPair,
): Promise<Issued> {
  const pkcs8 = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey)).toString('base64');
  const lines = pkcs8.match(/.{1,64}/g)?.join('\n');
  return {
    name,
    certificatePem: `${certificate.toString('pem').trim()}\n`,
    privateKeyPem: `-----BEGIN PRIVATE KEY-----\n${lines}\n-----END PRIVATE KEY-----\n`,
    serial: certificate.serialNumber,
  };
}
