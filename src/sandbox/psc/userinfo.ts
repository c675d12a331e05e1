import type { Exercice, PscPerson } from './people.ts';

/** How the person proved themselves: the application of the e-CPS, or a card. */
export type AuthMode = 'MOBILE' | 'CARD';

/** Of a user store of Keycloak: the same for everybody, another on another installation. */
const STORE = '550dc1c8-d97b-4b1e-ac8c-8eb4471cf9dd';
export const subjectOf = ({ nationalId }: Pick<PscPerson, 'nationalId'>): string => `f:${STORE}:${nationalId}`;
export const nationalIdOf = (subject: string): string => subject.split(':')[2] ?? '';

type Activity = Exercice['activities'][number];

/** Every key is always there, empty when nothing is known: as the real one does. */
const activity = ({ organisation, id, finess = '' }: Activity) => ({
  codeModeExercice: finess ? 'S' : 'L',
  codeSecteurDactivite: finess ? 'SA01' : 'SA07',
  codeSectionPharmacien: '',
  codeRole: '',
  codeGenreActivite: 'GENR01',
  numeroSiretSite: '',
  numeroSirenSite: '',
  numeroFinessSite: finess,
  numeroFinessetablissementJuridique: '',
  identifiantTechniqueDeLaStructure: id,
  raisonSocialeSite: organisation,
  enseigneCommercialeSite: '',
  complementDestinataire: '',
  complementPointGeographique: '',
  numeroVoie: '2',
  indiceRepetitionVoie: '',
  codeTypeDeVoie: 'R',
  libelleVoie: 'DES EXEMPLES',
  mentionDistribution: '',
  bureauCedex: '69003 LYON',
  codePostal: '69003',
  codeCommune: '69383',
  codePays: '99000',
  telephone: '',
  telephone2: '',
  telecopie: '',
  adresseEMail: '',
  codeDepartement: '69',
  ancienIdentifiantDeLaStructure: '',
  autoriteDenregistrement: 'CNOM/CNOM/CNOM',
});

const exercice = ({ given, family }: PscPerson, { profession, title = '', specialty = '', activities }: Exercice) => ({
  codeProfession: profession,
  codeCategorieProfessionnelle: 'C',
  codeCiviliteDexercice: title,
  nomDexercice: family,
  prenomDexercice: given,
  codeTypeSavoirFaire: specialty ? 'S' : '',
  codeSavoirFaire: specialty,
  activities: activities.map(activity),
});

/** What it says of a person with `scope_all`; without it, the claims of `RESTRICTED` alone. */
export function userinfoOf(person: PscPerson, authMode: AuthMode | undefined): Record<string, unknown> {
  const { nationalId, given, family, civility, exercices } = person;
  const [first] = exercices;
  const [place] = first?.activities ?? [];
  return {
    sub: subjectOf(person),
    preferred_username: nationalId,
    SubjectNameID: nationalId,
    given_name: given,
    family_name: family,
    codeCivilite: civility,
    email_verified: false,
    Secteur_Activite: place ? `${place.finess ? 'SA01' : 'SA07'}^1.2.250.1.71.4.2.4` : '',
    SubjectOrganization: place?.organisation ?? '',
    SubjectOrganizationID: place?.id ?? '',
    Mode_Acces_Raison: '',
    Acces_Regulation_Medicale: 'FAUX',
    UITVersion: '1.0',
    ...(authMode ? { authMode } : {}),
    codeGenreActivite: place ? 'GENR01' : '',
    Palier_Authentification: 'APPPRIP3^1.2.250.1.213.1.5.1.1.1',
    SubjectRole: exercices.map(({ profession }) => `${profession}^1.2.250.1.213.1.1.5.5`),
    PSI_Locale: '1.2.250.1.213.1.3.1.1',
    otherIds: [{ identifiant: nationalId, origine: nationalId.startsWith('ANS') ? 'EDIT' : 'RPPS', qualite: 1 }],
    // The real one leaves it out for whom the directory knows nothing of.
    ...(exercices.length > 0
      ? { SubjectRefPro: { codeCivilite: civility, exercices: exercices.map((one) => exercice(person, one)) } }
      : {}),
  };
}

export const RESTRICTED = [
  'sub',
  'preferred_username',
  'codeCivilite',
  'given_name',
  'SubjectNameID',
  'family_name',
] as const;

export const FULL = [
  'email_verified',
  'Secteur_Activite',
  'SubjectOrganization',
  'SubjectOrganizationID',
  'Mode_Acces_Raison',
  'Acces_Regulation_Medicale',
  'UITVersion',
  'authMode',
  'codeGenreActivite',
  'Palier_Authentification',
  'SubjectRole',
  'PSI_Locale',
  'otherIds',
  'SubjectRefPro',
] as const;
