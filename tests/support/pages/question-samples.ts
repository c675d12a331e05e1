import { texts as code } from '../../../interactions/code/texts.ts';
import { texts as switchAccount } from '../../../interactions/switch/texts.ts';
import { texts as terms } from '../../../interactions/terms/texts.ts';
import { formState } from '../accounts/sample-people.ts';
import type { Sample } from './page-samples.ts';

export const QUESTION_TEXTS = { code, switch: switchAccount, terms };

/** What may be asked between a proof and the end of a sign-in. */
export const QUESTION_SAMPLES: readonly Sample[] = [
  {
    name: 'switch',
    view: 'interactions/switch/view.pug',
    titleKey: 'switch.title',
    locals: () => ({ ...formState, abortAction: '/x', from: 'Marie Durand', to: 'Karim Benali' }),
  },
  {
    name: 'accept-terms',
    view: 'interactions/terms/view.pug',
    titleKey: 'accept-terms.title',
    locals: () => ({ ...formState, application: 'Messagerie sécurisée', abortAction: '/x' }),
  },
];
