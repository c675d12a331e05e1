import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../clock.ts';
import {
  type CardSketch,
  type Issued,
  makeAuthority,
  makeCard,
  makeCrl,
  person,
  SIGNATURE,
} from './card-certificates.ts';
import { PERSONAS } from './personas.ts';

/** A card of the simulated reader. */
export interface TestCard {
  readonly id: string;
  readonly label: string;
  readonly certificatePem: string;
  readonly privateKeyPem: string;
}

export interface CardPki {
  /** PEM of the root, and of the authority of the cards. */
  readonly anchors: string;
  readonly intermediates: string;
  readonly cards: readonly TestCard[];
  /** Fresh lists, one for each authority above a card, in DER. */
  crls(): Promise<readonly Uint8Array[]>;
}

interface Kept {
  readonly root: Issued;
  readonly persons: Issued;
  readonly cards: readonly TestCard[];
  readonly revoked: readonly string[];
}

const DAY = 24 * 60 * 60 * 1000;
const MEDECIN = '02010a';
const INFIRMIER = '02013c';
const CPE = '020102';

/** The sandbox's own card authorities and cards: made at the first start, kept beside its secrets. */
export async function openCardPki(dataDir: string, clock: Clock = () => new Date()): Promise<CardPki> {
  const kept = await open(dataDir, clock());
  return {
    anchors: kept.root.certificatePem,
    intermediates: kept.persons.certificatePem,
    cards: kept.cards,
    crls() {
      const thisUpdate = clock();
      const nextUpdate = new Date(thisUpdate.getTime() + 7 * DAY);
      return Promise.all([
        makeCrl({ thisUpdate, nextUpdate, serials: [] }, kept.root),
        makeCrl({ thisUpdate, nextUpdate, serials: kept.revoked }, kept.persons),
      ]);
    },
  };
}

async function open(dataDir: string, now: Date): Promise<Kept> {
  const file = join(dataDir, 'card-pki.json');
  if (!existsSync(file)) {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
    const made = JSON.stringify(await make(now));
    try {
      // Exclusive: of two first starts one writes, the other reads.
      writeFileSync(file, made, { mode: 0o600, flag: 'wx' });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
  return JSON.parse(readFileSync(file, 'utf8')) as Kept;
}

async function make(now: Date): Promise<Kept> {
  // A day in the past, so that a clock a little behind sees valid cards.
  const notBefore = new Date(now.getTime() - DAY);
  const older = new Date(now.getTime() - 400 * DAY);
  const root = await makeAuthority({ commonName: 'TEST AC RACINE MIRE FORT', notBefore: older });
  const below = (commonName: string) => makeAuthority({ commonName, notBefore: older, pathLength: 0 }, root);
  const persons = await below('TEST AC MIRE FORT PERSONNES');
  const organisations = await below('TEST AC MIRE FORT ORGANISATIONS');

  const doctor = { subject: holder('kbenali', 'Médecin'), profession: MEDECIN, notBefore };
  const stranger = person({ id: '899900009992', family: 'INCONNU0009992', given: 'ALIX', title: 'Médecin' });
  const sketches: [id: string, label: string, sketch: CardSketch, issuer: Issued][] = [
    ['cps-medecin', 'CPS de Karim Benali, médecin', doctor, persons],
    [
      'cps-infirmiere',
      'CPS de Marie Durand, infirmière',
      { subject: holder('mdurand', 'Infirmier'), profession: INFIRMIER, notBefore },
      persons,
    ],
    ['unknown-person', 'CPS de quelqu’un qui n’a pas de compte', { ...doctor, subject: stranger }, persons],
    ['cpe', 'CPE d’un personnel d’établissement', { subject: STAFF, type: CPE, notBefore }, persons],
    ['expired', 'CPS expirée hier', { ...doctor, notBefore: older, notAfter: notBefore }, persons],
    ['revoked', 'CPS révoquée', doctor, persons],
    [
      'signature',
      'Certificat de signature au lieu de celui d’authentification',
      { ...doctor, use: SIGNATURE },
      persons,
    ],
    ['wrong-ca', 'Certificat d’une autorité pour organisations', doctor, organisations],
    // Of a type that every deployment accepts: what refuses it is that it names nobody.
    ['pseudonym', 'Carte de service, sans porteur nommé', { subject: SERVICE, notBefore }, persons],
  ];
  const made = await Promise.all(
    sketches.map(async ([id, label, sketch, issuer]) => ({ id, label, ...(await makeCard(sketch, issuer)) })),
  );
  return {
    root,
    persons,
    cards: made.map(({ id, label, certificatePem, privateKeyPem }) => ({ id, label, certificatePem, privateKeyPem })),
    revoked: made.filter(({ id }) => id === 'revoked').map(({ serial }) => serial),
  };
}

function holder(persona: string, title: string) {
  const found = PERSONAS.find(({ id }) => id === persona);
  if (!found?.nationalId) throw new Error(`the sandbox has no ${persona} with a national identifier`);
  const [given = '', family = ''] = found.name.toUpperCase().split(' ');
  return person({ id: found.nationalId, family, given, title });
}

const utf8 = (value: string) => [{ utf8String: value }];

const STAFF: CardSketch['subject'] = [
  { C: [{ printableString: 'FR' }] },
  { ST: utf8('Rhône (69)') },
  { O: utf8('HOPITAL DES MODELES') },
  { OU: utf8('10B0099991') },
  { T: utf8('Personnel santé ou social') },
  { G: utf8('SACHA'), CN: utf8('30B0099991/CPET0001'), SN: utf8('ADMINISTRATIF-MO0099991') },
];

const SERVICE: CardSketch['subject'] = [
  { C: [{ printableString: 'FR' }] },
  { ST: utf8('Rhône (69)') },
  { O: utf8('HOPITAL DES MODELES') },
  { OU: utf8('10B0099991') },
  { T: utf8('Carte de service santé ou social') },
  { '2.5.4.65': utf8('EMPLOYE000000018') },
  { CN: utf8('30B0099991/000000018') },
];
