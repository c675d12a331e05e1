// @peculiar/x509 refuses to load without this polyfill; it must come first.
import 'reflect-metadata';

import { PublicKey, X509Crl } from '@peculiar/x509';
import { type Certificate, normalSerial } from './certificate.ts';
import type { CrlStore } from './revocation.ts';
import type { Trust } from './trust.ts';

/** A complete revocation list whose signature has been checked. */
export interface Crl {
  /** `keyId` of the authority. */
  readonly issuer: string;
  readonly thisUpdate: Date;
  readonly nextUpdate: Date;
  readonly serials: readonly string[];
}

export type CrlFault = 'unreadable' | 'partial' | 'unknown-issuer' | 'signature' | 'no-next-update' | 'not-yet-valid';

export class CrlRefused extends Error {
  override readonly name = 'CrlRefused';
  readonly fault: CrlFault;
  constructor(fault: CrlFault, cause?: unknown) {
    super(fault, cause === undefined ? undefined : { cause });
    this.fault = fault;
  }
}

/** RFC 5280 §5.2.4 and §5.2.5: a delta, or the list of some certificates only, says nothing of those it leaves out. */
const PARTIAL = ['2.5.29.27', '2.5.29.28'];
const SOUND_HASHES = ['SHA-256', 'SHA-384', 'SHA-512'];

/** @throws {CrlRefused} */
export async function readCrl(der: Uint8Array, trust: Trust, now: Date): Promise<Crl> {
  const crl = parse(der);
  const extensions = crl.extensions;
  if (extensions.some(({ type, critical }) => critical || PARTIAL.includes(type))) throw new CrlRefused('partial');
  const named = [...trust.anchors, ...trust.intermediates].filter(
    ({ subjectText, keyUsage }) => subjectText === crl.issuer && keyUsage?.includes('cRLSign') !== false,
  );
  if (named.length === 0) throw new CrlRefused('unknown-issuer');
  const issuer = await signerOf(crl, named);
  if (!issuer) throw new CrlRefused('signature');
  const { thisUpdate, nextUpdate } = crl;
  if (!nextUpdate) throw new CrlRefused('no-next-update');
  if (thisUpdate > now) throw new CrlRefused('not-yet-valid');
  const serials = [...new Set(crl.entries.map(({ serialNumber }) => normalSerial(serialNumber)))];
  return { issuer: issuer.keyId, thisUpdate, nextUpdate, serials };
}

/** Checks a list and keeps it unless the one held is as new. @throws {CrlRefused} */
export async function acceptCrl(
  der: Uint8Array,
  { trust, crls, now }: { trust: Trust; crls: CrlStore; now: Date },
): Promise<{ crl: Crl; replaced: boolean }> {
  const crl = await readCrl(der, trust, now);
  return { crl, replaced: await crls.save(crl) };
}

/**
 * The library's own limits are for certificates: ten thousand nodes are some three thousand revoked cards. These are for
 * half a million. It is all read before its signature can be checked, at about 5 kB of memory a card, in the worker.
 */
const LIMITS = { berOptions: { maxNodes: 2_000_000, maxContentLength: 16 * 1024 * 1024 } };

function parse(der: Uint8Array): X509Crl {
  try {
    const crl = new X509Crl(new Uint8Array(der), LIMITS);
    // Fields are read when they are asked for; these are the ones that may not be there.
    if (!crl.thisUpdate || !crl.extensions) throw new Error('a field is missing');
    return crl;
  } catch (error) {
    throw new CrlRefused('unreadable', error);
  }
}

/** The key, not the certificate: given a certificate, the library would take that certificate's own hash. */
async function signerOf(crl: X509Crl, named: readonly Certificate[]): Promise<Certificate | undefined> {
  if (!SOUND_HASHES.includes(crl.signatureAlgorithm.hash?.name ?? '')) return undefined;
  for (const authority of named) {
    const spki = authority.openssl.publicKey.export({ type: 'spki', format: 'der' });
    try {
      if (await crl.verify({ publicKey: new PublicKey(new Uint8Array(spki)) })) return authority;
    } catch (error) {
      throw new CrlRefused('signature', error);
    }
  }
  return undefined;
}
