import type { Certificate } from './certificate.ts';
import { issuesCards, type Trust } from './trust.ts';

/** The national chains have two authorities above a card; no other is ever configured much longer. */
const LONGEST = 4;

/**
 * The authorities above a card, nearest first, ending with an anchor. They come from the trust store alone: the card is
 * the only certificate of the request that is looked at. @returns undefined when no chain holds today.
 */
export function chainOf(card: Certificate, trust: Trust, now: Date): readonly Certificate[] | undefined {
  const known = [...trust.anchors, ...trust.intermediates];
  const climb = (below: Certificate, path: readonly Certificate[]): readonly Certificate[] | undefined => {
    if (path.length === LONGEST || !below.sound) return undefined;
    for (const authority of known) {
      if (path.includes(authority) || !signed(authority, below) || !mayStand(authority, path, now)) continue;
      const longer = [...path, authority];
      const whole = trust.anchors.includes(authority) ? longer : climb(authority, longer);
      if (whole) return whole;
    }
    return undefined;
  };
  return climb(card, []);
}

/** Names and key identifiers agree, the authority may sign certificates, and it did sign this one. */
const signed = (authority: Certificate, below: Certificate): boolean =>
  below.openssl.checkIssued(authority.openssl) && below.openssl.verify(authority.openssl.publicKey);

function mayStand(authority: Certificate, below: readonly Certificate[], now: Date): boolean {
  if (now < authority.notBefore || now > authority.notAfter) return false;
  if (authority.pathLength !== undefined && below.length > authority.pathLength) return false;
  return below.length > 0 || issuesCards(authority);
}
