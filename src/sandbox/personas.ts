import type { ModeId } from '../../config/modes.ts';
import { type Account, NATIONAL_ID, type NewAccount } from '../accounts/account.ts';
import type { Passwords } from '../accounts/passwords.ts';
import type { Storage } from '../storage.ts';

/** An invented person of the sandbox, as `/sandbox/personas.json` shows it. */
export interface Persona {
  readonly id: string;
  readonly name: string;
  readonly story: string;
  readonly login: string;
  readonly password: string;
  readonly nationalId: string | null;
  readonly email: string;
  readonly phone: string;
  readonly modes: readonly ModeId[];
}

interface Sketch {
  readonly uuid: string;
  readonly id: string;
  readonly given: string;
  readonly family: string;
  readonly story: string;
  readonly password: string;
  readonly nationalId?: string;
  readonly title: string;
  readonly profession?: string;
  readonly specialty?: string;
  readonly gender: 'female' | 'male';
  readonly phoneEnd: string;
  readonly modes: readonly ModeId[];
  readonly change?: Partial<Account>;
}

/** Those whom Pro Santé Connect knows: whoever has a national identifier. */
const WITH_PSC: readonly ModeId[] = ['login-mdp', 'code-ephemere', 'monsisra', 'psc'];
/** Those who have a test card too. */
const WITH_CARD: readonly ModeId[] = [...WITH_PSC, 'cps'];
/** And an entry of a simulated hospital: src/sandbox/hospital/people.ts. */
const WITH_STRUCTURE: readonly ModeId[] = [...WITH_CARD, 'compte-local'];

const SKETCHES: readonly Sketch[] = [
  {
    uuid: '0b7d6a52-1f8e-4a57-9d0c-3e1f5a6b7c01',
    id: 'mdurand',
    given: 'Marie',
    family: 'Durand',
    story: 'Infirmière de nuit. Mail et téléphone vérifiés.',
    password: 'Mire-sandbox-2026!',
    nationalId: '899700000013',
    title: 'MME',
    profession: '60',
    gender: 'female',
    phoneEnd: '01',
    modes: WITH_STRUCTURE,
  },
  {
    uuid: '0b7d6a52-1f8e-4a57-9d0c-3e1f5a6b7c02',
    id: 'kbenali',
    given: 'Karim',
    family: 'Benali',
    story: 'Médecin généraliste. Reçoit ses codes par SMS.',
    password: 'Stethoscope-bleu-42',
    nationalId: '899700000021',
    title: 'DR',
    profession: '10',
    specialty: 'SM54',
    gender: 'male',
    phoneEnd: '02',
    modes: WITH_STRUCTURE,
    change: { preferredChannel: 'sms' },
  },
  {
    uuid: '0b7d6a52-1f8e-4a57-9d0c-3e1f5a6b7c03',
    id: 'slefevre',
    given: 'Sophie',
    family: 'Lefèvre',
    story: "Pharmacienne. N'a pas de téléphone vérifié : ses codes viennent par mail.",
    password: 'Mortier-pilon-2026',
    nationalId: '899700000039',
    title: 'MME',
    profession: '21',
    gender: 'female',
    phoneEnd: '03',
    modes: WITH_PSC,
    change: { phoneVerified: false },
  },
  {
    uuid: '0b7d6a52-1f8e-4a57-9d0c-3e1f5a6b7c04',
    id: 'tmartin',
    given: 'Thomas',
    family: 'Martin',
    story: 'Secrétaire médical. Ni mail ni téléphone vérifié : seul Login / Mdp lui est ouvert.',
    password: 'Agenda-partage-2026',
    title: 'M',
    gender: 'male',
    phoneEnd: '04',
    modes: ['login-mdp'],
    change: { emailVerified: false, phoneVerified: false },
  },
  {
    uuid: '0b7d6a52-1f8e-4a57-9d0c-3e1f5a6b7c05',
    id: 'cpetit',
    given: 'Claire',
    family: 'Petit',
    story: "Sage-femme. N'a pas encore accepté les conditions d'utilisation.",
    password: 'Maternite-calme-2026',
    nationalId: '899700000047',
    title: 'MME',
    profession: '50',
    gender: 'female',
    phoneEnd: '05',
    modes: WITH_PSC,
    change: { termsVersion: undefined },
  },
  {
    uuid: '0b7d6a52-1f8e-4a57-9d0c-3e1f5a6b7c06',
    id: 'jmoreau',
    given: 'Julien',
    family: 'Moreau',
    story: 'Masseur-kinésithérapeute. Compte bloqué : rien ne lui est ouvert.',
    password: 'Compte-bloque-2026',
    nationalId: '899700000054',
    title: 'M',
    profession: '70',
    gender: 'male',
    phoneEnd: '06',
    modes: [],
    change: { status: 'blocked' },
  },
];

const emailOf = (sketch: Sketch) => `${sketch.id}@hopital.example`;
/** 06 39 98 xx xx is kept by the regulator for fiction. */
const phoneOf = (sketch: Sketch) => `+336399800${sketch.phoneEnd}`;

export const PERSONAS: readonly Persona[] = SKETCHES.map((sketch) => ({
  id: sketch.id,
  name: `${sketch.given} ${sketch.family}`,
  story: sketch.story,
  login: sketch.id,
  password: sketch.password,
  nationalId: sketch.nationalId ?? null,
  email: emailOf(sketch),
  phone: phoneOf(sketch),
  modes: sketch.modes,
}));

/** Every standard claim, as the OpenID Foundation's suite asks of a test person. */
function accountOf(sketch: Sketch, issuer: string, termsVersion: string): NewAccount {
  return {
    id: sketch.uuid,
    login: sketch.id,
    email: emailOf(sketch),
    emailVerified: true,
    phone: phoneOf(sketch),
    phoneVerified: true,
    title: sketch.title,
    familyName: sketch.family,
    givenName: sketch.given,
    profession: sketch.profession,
    specialty: sketch.specialty,
    locale: 'fr-FR',
    extraClaims: {
      middle_name: 'Dominique',
      nickname: sketch.given,
      profile: `${issuer}/sandbox/personas#personne-${sketch.id}`,
      picture: `${issuer}/assets/favicon.svg`,
      website: 'https://www.example.org/',
      gender: sketch.gender,
      birthdate: '1985-04-12',
      zoneinfo: 'Europe/Paris',
      address: {
        formatted: '1 place de la Fiction\n69000 Lyon\nFrance',
        street_address: '1 place de la Fiction',
        locality: 'Lyon',
        region: 'Auvergne-Rhône-Alpes',
        postal_code: '69000',
        country: 'France',
      },
    },
    termsVersion,
    ...sketch.change,
  };
}

/** Makes the people who are not there yet. What was done to the others stays. */
export async function seedPersonas(
  storage: Storage,
  passwords: Passwords,
  { issuer, termsVersion }: { issuer: string; termsVersion: string },
): Promise<void> {
  for (const sketch of SKETCHES) {
    if (await storage.accounts.byId(sketch.uuid)) continue;
    const hash = await passwords.hash(sketch.password);
    await storage.transaction(async (tx) => {
      await tx.accounts.insert(accountOf(sketch, issuer, termsVersion));
      await tx.accounts.setPasswordHash(sketch.uuid, hash);
      if (sketch.nationalId) await tx.accounts.linkIdentity(sketch.uuid, NATIONAL_ID, sketch.nationalId, 'import');
      await tx.audit.write({ event: 'account.created', accountId: sketch.uuid, details: { by: 'sandbox' } });
    });
  }
}
