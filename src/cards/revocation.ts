import type { Clock } from '../clock.ts';
import type { Certificate } from './certificate.ts';
import type { Crl } from './crl.ts';

export type RevocationStatus = 'good' | 'revoked' | 'unknown';

/** The revocation lists we hold; implemented on PostgreSQL in adapters/card/crl-store.ts. */
export interface CrlStore {
  /** What the list of this authority says of a serial; undefined when we hold none. */
  lookUp(issuer: string, serial: string): Promise<{ nextUpdate: Date; revoked: boolean } | undefined>;
  byIssuer(issuer: string): Promise<Pick<Crl, 'thisUpdate' | 'nextUpdate'> | undefined>;
  /** @returns false, and changes nothing, when the list it holds is as new or newer. */
  save(crl: Crl): Promise<boolean>;
}

/** Asks a responder (RFC 6960), at an address of the settings. `unknown` when it does not answer. */
export interface OcspAsker {
  ask(certificate: Certificate, issuer: Certificate): Promise<RevocationStatus>;
}

export interface Revocation {
  statusOf(certificate: Certificate, issuer: Certificate): Promise<RevocationStatus>;
}

/**
 * "Revoked" is believed from whoever says it, a list past its date included: nobody is taken off such a list.
 * "Good" needs a list in date, or a responder.
 */
export function createRevocation(parts: { crls: CrlStore; ocsp?: OcspAsker; clock: Clock }): Revocation {
  const { crls, ocsp, clock } = parts;
  return {
    async statusOf(certificate, issuer) {
      const said = await crls.lookUp(issuer.keyId, certificate.serial);
      if (said?.revoked) return 'revoked';
      const answer = (await ocsp?.ask(certificate, issuer)) ?? 'unknown';
      if (answer !== 'unknown') return answer;
      return said && clock() <= said.nextUpdate ? 'good' : 'unknown';
    },
  };
}

/** One revoked certificate is enough; else one unknown. @param chain the card, then its authorities up to the anchor */
export async function statusOfChain(revocation: Revocation, chain: readonly Certificate[]): Promise<RevocationStatus> {
  const links = chain.slice(0, -1).map((certificate, i) => ({ certificate, issuer: chain[i + 1] ?? certificate }));
  const found = await Promise.all(links.map(({ certificate, issuer }) => revocation.statusOf(certificate, issuer)));
  if (found.includes('revoked')) return 'revoked';
  return found.includes('unknown') ? 'unknown' : 'good';
}
