import { X509Certificate } from 'node:crypto';
import type { Extension } from '@peculiar/x509';
import type { CardType } from '../../../src/cards/card.ts';
import { acceptCrl, type Crl } from '../../../src/cards/crl.ts';
import { type CrlStore, createRevocation, type OcspAsker } from '../../../src/cards/revocation.ts';
import { loadTrust } from '../../../src/cards/trust.ts';
import { createCardVerifier } from '../../../src/cards/verifier.ts';
import {
  type CardSketch,
  type Issued,
  makeAuthority,
  makeCard,
  makeCrl,
  person,
} from '../../../src/sandbox/card-certificates.ts';

export const NOW = new Date('2026-11-23T08:00:00.000Z');
export const DAY = 24 * 60 * 60 * 1000;
export const inDays = (days: number): Date => new Date(NOW.getTime() + days * DAY);

export const CAMILLE = person({ id: '899700123450', family: 'FICTIF0012345', given: 'CAMILLE', title: 'Médecin' });

export const derOf = ({ certificatePem }: Issued): Buffer => new X509Certificate(certificatePem).raw;

/** A list store in memory, for rules that do not depend on PostgreSQL. */
export function memoryCrls(): CrlStore {
  const held = new Map<string, Crl>();
  return {
    async lookUp(issuer, serial) {
      const crl = held.get(issuer);
      return crl && { nextUpdate: crl.nextUpdate, revoked: crl.serials.includes(serial) };
    },
    byIssuer: async (issuer) => held.get(issuer),
    async save(crl) {
      const before = held.get(crl.issuer);
      const newer = before === undefined || before.thisUpdate < crl.thisUpdate;
      if (newer) held.set(crl.issuer, crl);
      return newer;
    },
  };
}

/** A root and its PERSONNES authority. Names are those of every other pair: two of them differ by their keys alone. */
export async function makeAuthorities(root: { pathLength?: number } = {}) {
  const notBefore = inDays(-400);
  const anchor = await makeAuthority({ commonName: 'TEST AC RACINE MIRE', notBefore, ...root });
  const persons = await makeAuthority({ commonName: 'TEST AC MIRE PERSONNES', notBefore, pathLength: 0 }, anchor);
  return { anchor, persons, trust: loadTrust(anchor.certificatePem, persons.certificatePem) };
}

export type Authorities = Awaited<ReturnType<typeof makeAuthorities>>;

export const cardOf = (
  { persons }: Pick<Authorities, 'persons'>,
  sketch: Partial<CardSketch> = {},
  extra: Extension[] = [],
) => makeCard({ subject: CAMILLE, notBefore: inDays(-1), profession: '02010a', ...sketch }, persons, extra);

export interface Rules {
  readonly allowedTypes?: readonly CardType[];
  readonly degraded?: boolean;
  readonly now?: Date;
  readonly ocsp?: OcspAsker;
  /** Which authorities have published; both by default. */
  readonly published?: readonly ('anchor' | 'persons')[];
  readonly revoked?: readonly string[];
  /** When the lists end. */
  readonly nextUpdate?: Date;
}

export async function verifierOf(authorities: Authorities, rules: Rules = {}) {
  const {
    allowedTypes = ['CPS'],
    degraded = false,
    now = NOW,
    published = ['anchor', 'persons'],
    revoked = [],
  } = rules;
  const { trust } = authorities;
  const nextUpdate = rules.nextUpdate ?? new Date(now.getTime() + DAY);
  const crls = memoryCrls();
  for (const which of published) {
    const list = await makeCrl({ thisUpdate: inDays(-1), nextUpdate, serials: revoked }, authorities[which]);
    await acceptCrl(list, { trust, crls, now });
  }
  const clock = () => now;
  const revocation = createRevocation({ crls, clock, ...(rules.ocsp ? { ocsp: rules.ocsp } : {}) });
  return createCardVerifier({ trust, allowedTypes, revocation, degraded, clock });
}
