import { texts as psc } from '../../../interactions/modes/psc/texts.ts';
import { pscTexts as sandboxPsc } from '../../../interactions/sandbox/psc-texts.ts';
import { PSC_FAULTS } from '../../../src/sandbox/psc/faults.ts';
import { PSC_PEOPLE } from '../../../src/sandbox/psc/people.ts';
import type { ModeSample } from '../cards/card-samples.ts';
import type { Sample } from '../pages/page-samples.ts';

/** Its texts, by the folder of the screen. */
export const PSC_TEXTS = { psc, 'sandbox-psc': sandboxPsc };

const about = 'https://example.org/';

/** The tab of Pro Santé Connect in its states. */
export const pscPanels = (mode: ModeSample): Sample[] => [
  mode('psc', 'psc', 'psc/view', 'psc.title', () => ({ about })),
  mode('psc-away', 'psc', 'psc/view', 'psc.title', () => ({ about, away: true })),
  mode('psc-refused', 'psc', 'psc/view', 'psc.title', (t) => ({
    about,
    supportCode: 'K7Q2-9XMP',
    failure: { text: t('error.psc-clock.text'), advice: t('error.psc-clock.advice') },
  })),
];

export const PSC_PAGES: readonly Sample[] = [
  {
    name: 'sandbox-psc',
    view: 'interactions/sandbox/psc.pug',
    titleKey: 'sandbox-psc.title',
    locals: () => ({
      csrf: 'x',
      people: PSC_PEOPLE.map(({ nationalId, given, family, story }) => ({
        nationalId,
        name: `${given} ${family}`,
        story: story.fr,
      })),
      faults: PSC_FAULTS.map((fault) => ({ fault, on: fault === 'slow' })),
    }),
  },
];
