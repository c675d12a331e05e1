import { formState } from '../accounts/sample-people.ts';
import type { cardPanels } from '../cards/card-samples.ts';
import type { Sample } from '../pages/page-samples.ts';

const results = [
  { name: 'CHU des Trois Vallées', detail: 'Saint-Étienne · FINESS 690000001', href: '/x' },
  { name: 'Clinique du Parc', detail: 'Lyon', href: '/x' },
];
const search = { action: '/x', listHref: '/x', typed: '', results, message: '2 structures' };
const chosen = { ...formState, otherHref: '/x', structure: { name: 'CHU des Trois Vallées', detail: 'Saint-Étienne' } };
const ID = 'compte-local';

/** The tab of the structures in its states. */
export const structurePanels = (mode: Parameters<typeof cardPanels>[0]): Sample[] => [
  mode('structures', ID, `${ID}/search`, `${ID}.title`, () => search),
  mode('structures-none', ID, `${ID}/search`, `${ID}.title`, (t) => ({
    ...search,
    typed: 'nulle part',
    results: [],
    message: t(`${ID}.none`),
  })),
  mode('structure', ID, `${ID}/password`, `${ID}.title.structure`, (t) => ({
    ...chosen,
    notEnough: t(`${ID}.not-enough`, { application: 'Messagerie sécurisée' }),
  })),
  mode('structure-wrong', ID, `${ID}/password`, `${ID}.title.structure`, (t) => ({
    ...chosen,
    values: { login: 'l.moulin' },
    failure: { text: t('error.structure-unavailable.text'), advice: t('error.structure-unavailable.advice') },
  })),
  mode('structure-provider', ID, `${ID}/provider`, `${ID}.title.structure`, () => chosen),
];
