import { ConfigError } from '../http/errors.ts';
import { attribute, type Certificate, readCertificate } from './certificate.ts';
import type { World } from './holder.ts';

/** The authorities a card may come from. Nothing that a browser or a proxy sends ever joins them. */
export interface Trust {
  readonly anchors: readonly Certificate[];
  readonly intermediates: readonly Certificate[];
  /** Production and TEST authorities never stand together. */
  readonly world: World;
}

const BASIC_CONSTRAINTS = '2.5.29.19';
const KEY_USAGE = '2.5.29.15';
const POLICIES = '2.5.29.32';
/** Critical extensions that the chain builder honours, or may leave alone. */
const UNDERSTOOD: readonly string[] = [BASIC_CONSTRAINTS, KEY_USAGE, POLICIES];

const nameOf = (certificate: Certificate) => attribute(certificate, 'CN') ?? '';
const isTest = (certificate: Certificate) => /\bTEST\b/.test(nameOf(certificate));

/** Cards of persons come from the PERSONNES authorities; those of ORGANISATIONS serve machines. */
export const issuesCards = (authority: Certificate): boolean => /\bPERSONNES$/.test(nameOf(authority));

/**
 * @param anchors PEM: the roots, or the PERSONNES authorities themselves
 * @param intermediates PEM: the authorities between the anchors and the cards; may be empty
 * @throws {ConfigError} when a card could be believed, or refused, for a wrong reason
 */
export function loadTrust(anchors: string, intermediates = ''): Trust {
  const trust = {
    anchors: authoritiesOf('anchors', anchors),
    intermediates: authoritiesOf('intermediates', intermediates),
  };
  if (trust.anchors.length === 0) throw new ConfigError('the file of card authorities holds no certificate');
  const all = [...trust.anchors, ...trust.intermediates];
  if (!all.some(issuesCards))
    throw new ConfigError('no authority of the card store is a PERSONNES one: no card could be read');
  const worlds = new Set(all.map(isTest));
  if (worlds.size > 1) throw new ConfigError('production and TEST card authorities stand in one store');
  return { ...trust, world: worlds.has(true) ? 'test' : 'production' };
}

function authoritiesOf(store: string, pem: string): Certificate[] {
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g) ?? [];
  // A block that is cut would otherwise vanish without a word.
  if (blocks.length !== pem.split('-----BEGIN').length - 1) {
    throw new ConfigError(`the card ${store} hold something else than whole PEM certificates`);
  }
  return blocks.map((block, position) => {
    const body = block.replace(/-----(?:BEGIN|END) CERTIFICATE-----/g, '');
    const certificate = readCertificate(Buffer.from(body, 'base64'));
    const problem = certificate ? problemOf(certificate) : 'is not readable';
    if (!certificate || problem) throw new ConfigError(`certificate ${position + 1} of the card ${store} ${problem}`);
    return certificate;
  });
}

function problemOf(authority: Certificate): string | undefined {
  const name = `(${nameOf(authority)})`;
  if (!authority.isAuthority) return `${name} is not an authority`;
  if (authority.keyUsage && !authority.keyUsage.includes('keyCertSign')) return `${name} may not sign certificates`;
  if (/\bORGANISATIONS\b/.test(nameOf(authority))) return `${name} issues certificates of machines, not of persons`;
  if (!authority.sound) return `${name} has a broken hash, or a key that is too short`;
  const foreign = authority.criticalExtensions.filter((oid) => !UNDERSTOOD.includes(oid));
  if (foreign.length > 0) return `${name} has critical extensions that are not understood: ${foreign.join(', ')}`;
  return undefined;
}
