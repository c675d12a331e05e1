import type { Translate } from '../../../interactions/layout/texts.ts';
import { formState } from '../accounts/sample-people.ts';
import type { Sample } from '../pages/page-samples.ts';

export type ModeSample = (
  name: string,
  id: string,
  panel: string,
  titleKey: string,
  more?: (t: Translate) => Readonly<Record<string, unknown>>,
) => Sample;

/** The tab of the card in its states. */
export const cardPanels = (mode: ModeSample): Sample[] => [
  mode('cps', 'cps', 'cps/view', 'cps.title'),
  mode('cps-wrong', 'cps', 'cps/view', 'cps.title', (t) => ({
    failure: { text: t('error.card-revoked.text'), advice: t('error.card-revoked.advice') },
  })),
  mode('cps-expiring', 'cps', 'cps/expiring', 'cps.expiring.title', () => ({ underWay: true, days: 12 })),
];

const CHECKS = ['read', 'usage', 'product', 'card-type', 'chain', 'validity', 'revocation', 'identity'];
const clinic = { view: 'interactions/diagnostic/card-result.pug', titleKey: 'clinic.result' };

/** The pages of the card's host, and the clinic. */
export const CARD_PAGES: readonly Sample[] = [
  {
    name: 'card-reader',
    view: 'interactions/card/reader.pug',
    titleKey: 'reader.title',
    locals: () => ({
      ...formState,
      cards: [
        { id: 'cps-medecin', label: 'CPS de Karim Benali, médecin' },
        { id: 'expired', label: 'CPS expirée' },
      ],
      tlsHref: 'https://localhost:3443/carte?d=x',
    }),
  },
  {
    name: 'clinic',
    view: 'interactions/diagnostic/card.pug',
    titleKey: 'clinic.title',
    locals: () => ({ startHref: '/x' }),
  },
  {
    ...clinic,
    name: 'clinic-good',
    locals: () => ({
      degraded: true,
      received: 'something',
      facts: { cardType: 'CPS', notAfter: '23/11/2029' },
      checks: CHECKS.map((name) => ({ name, result: name === 'revocation' ? 'skipped' : 'passed' })),
      againHref: '/x',
    }),
  },
  {
    ...clinic,
    name: 'clinic-wrong',
    locals: () => ({
      refusal: 'no-certificate',
      received: 'nothing',
      checks: [{ name: 'read', result: 'failed' }],
      againHref: '/x',
    }),
  },
];
