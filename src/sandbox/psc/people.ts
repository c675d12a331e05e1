import { PERSONAS } from '../personas.ts';

/** One profession of a person, as the directory of the RPPS holds it. */
export interface Exercice {
  readonly profession: string;
  /** `DR`, `PR`, or nothing. */
  readonly title?: string;
  readonly specialty?: string;
  readonly activities: readonly { readonly organisation: string; readonly id: string; readonly finess?: string }[];
}

/** Somebody whom the simulated Pro Santé Connect knows. */
export interface PscPerson {
  readonly nationalId: string;
  readonly given: string;
  readonly family: string;
  readonly civility: string;
  readonly story: { readonly fr: string; readonly en: string };
  readonly exercices: readonly Exercice[];
}

const HOSPITAL = { organisation: 'HOPITAL DES MODELES', id: 'F690099991', finess: '690099991' };
const practice = (id: string, organisation: string) => ({ organisation, id });

function known(
  persona: string,
  rest: Pick<PscPerson, 'civility' | 'exercices'>,
  story = { fr: 'Une personne de test, qui a un compte.', en: 'A test person, who has an account.' },
): PscPerson {
  const found = PERSONAS.find(({ id }) => id === persona);
  if (!found?.nationalId) throw new Error(`the sandbox has no ${persona} with a national identifier`);
  const [given = '', family = ''] = found.name.split(' ');
  return { nationalId: found.nationalId, given, family: family.toUpperCase(), story, ...rest };
}

export const PSC_PEOPLE: readonly PscPerson[] = [
  known('mdurand', {
    civility: 'MME',
    exercices: [{ profession: '60', activities: [HOSPITAL, practice('R100013', 'CABINET INFIRMIER DES LILAS')] }],
  }),
  known('kbenali', {
    civility: 'M',
    exercices: [
      { profession: '10', title: 'DR', specialty: 'SM54', activities: [practice('R100021', 'CABINET DU DR BENALI')] },
    ],
  }),
  known('slefevre', {
    civility: 'MME',
    exercices: [{ profession: '21', activities: [practice('R100039', 'PHARMACIE DU MORTIER')] }],
  }),
  known('cpetit', { civility: 'MME', exercices: [{ profession: '50', activities: [HOSPITAL] }] }),
  known(
    'jmoreau',
    { civility: 'M', exercices: [{ profession: '70', activities: [practice('R100054', 'CABINET MOREAU')] }] },
    { fr: 'Son compte est bloqué.', en: 'His account is blocked.' },
  ),
  {
    nationalId: '899900009992',
    given: 'ALIX',
    family: 'INCONNU0009992',
    civility: 'MME',
    story: {
      fr: "N'a pas encore de compte ; a aussi une carte de test.",
      en: 'Has no account yet; has a test card too.',
    },
    exercices: [
      { profession: '10', title: 'DR', specialty: 'SM04', activities: [practice('R109992', 'CABINET DU DR INCONNU')] },
    ],
  },
  {
    nationalId: '899700000062',
    given: 'CAMILLE',
    family: 'FICTIF0000062',
    civility: 'M',
    story: {
      fr: "N'a pas encore de compte ; deux professions, plusieurs lieux.",
      en: 'Has no account yet; two professions, several places.',
    },
    exercices: [
      {
        profession: '10',
        title: 'PR',
        specialty: 'SM26',
        activities: [HOSPITAL, practice('R100062', 'CABINET FICTIF')],
      },
      {
        profession: '21',
        activities: [{ organisation: 'PHARMACIE DES MODELES', id: 'F690099992', finess: '690099992' }],
      },
    ],
  },
  {
    nationalId: '899700000070',
    given: 'DOMINIQUE',
    family: 'VIDE0000070',
    civility: '',
    story: {
      fr: "N'a pas encore de compte ; le répertoire ne dit presque rien.",
      en: 'Has no account yet; the directory says next to nothing.',
    },
    exercices: [],
  },
  {
    nationalId: 'ANS20260107161422',
    given: 'EDIT',
    family: 'OUTIL0161422',
    civility: 'M',
    story: {
      fr: "N'a pas encore de compte ; un identifiant de test de l'ANS.",
      en: 'Has no account yet; a test identifier of the ANS.',
    },
    exercices: [{ profession: '60', activities: [HOSPITAL] }],
  },
];

export const pscPerson = (nationalId: string): PscPerson | undefined =>
  PSC_PEOPLE.find((person) => person.nationalId === nationalId);
