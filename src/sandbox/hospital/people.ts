/** Somebody of a simulated hospital: an entry of its directory, or an account of its provider. */
export interface StaffMember {
  /** Never changes, as `entryUUID` would not. */
  readonly entryId: string;
  readonly login: string;
  readonly password: string;
  readonly given: string;
  readonly family: string;
  readonly email: string;
  readonly groups: readonly string[];
  /** What the hospital says it is; nobody has proven it. */
  readonly nationalId?: string;
  /** The persona of the sandbox that this entry opens; none: the first sign-in opens the sign-up. */
  readonly persona?: string;
  readonly story: { readonly fr: string; readonly en: string };
}

const newcomer = {
  fr: "Jamais connectée : la première connexion ouvre l'inscription.",
  en: 'Never signed in: the first time opens the sign-up.',
};

/** Of the hospital that has an LDAP directory. */
export const HOSPITAL_STAFF: readonly StaffMember[] = [
  {
    entryId: '5f0c3a52-6b1e-4d57-9d0c-3e1f5a6b8d01',
    login: 'm.durand',
    password: 'Hopital-fictif-2026',
    given: 'Marie',
    family: 'Durand',
    email: 'mdurand@hopital.example',
    groups: ['dim'],
    persona: 'mdurand',
    story: { fr: 'Marie Durand, du DIM.', en: 'Marie Durand, of the medical information department.' },
  },
  {
    entryId: '5f0c3a52-6b1e-4d57-9d0c-3e1f5a6b8d02',
    login: 'n.leroy',
    password: 'Hopital-fictif-2026',
    given: 'Nadia',
    family: 'Leroy',
    email: 'n.leroy@hopital.example',
    groups: [],
    story: newcomer,
  },
];

/** Of the clinic that has an OpenID Connect provider. */
export const CLINIC_STAFF: readonly StaffMember[] = [
  {
    entryId: 'clinique-0001',
    login: 'k.benali',
    password: 'Clinique-fictive-2026',
    given: 'Karim',
    family: 'Benali',
    email: 'kbenali@hopital.example',
    groups: ['urgences'],
    persona: 'kbenali',
    story: { fr: 'Karim Benali, aux urgences.', en: 'Karim Benali, of the emergency department.' },
  },
  {
    entryId: 'clinique-0002',
    login: 'o.faure',
    password: 'Clinique-fictive-2026',
    given: 'Odile',
    family: 'Faure',
    email: 'o.faure@clinique.example',
    groups: [],
    story: newcomer,
  },
];

/** What the clinic's provider says when a second factor was used. */
export const TWO_FACTORS = { acr: 'https://clinique.example/acr/mfa', amr: ['pwd', 'otp', 'mfa'] } as const;
