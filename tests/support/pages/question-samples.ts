import { texts as code } from '../../../interactions/code/texts.ts';
import { texts as mail } from '../../../interactions/mail/texts.ts';
import { texts as switchAccount } from '../../../interactions/switch/texts.ts';
import { texts as terms } from '../../../interactions/terms/texts.ts';
import { formState } from '../accounts/sample-people.ts';
import type { Sample } from './page-samples.ts';

export const QUESTION_TEXTS = { code, mail, switch: switchAccount, terms };

const deadMail = () => ({
  ...formState,
  abortAction: '/x',
  base: '/x',
  application: 'Messagerie sécurisée',
  masked: 'm•••••@hopital.example',
  since: 'mardi 3 mars 2026 à 14 h 05 (heure de Paris)',
  values: { email: '' },
});
const deadMailCode = { destination: 'marie@ailleurs.example', expiresInMinutes: 5, resendInSeconds: 20 };

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
  { name: 'dead-mail', view: 'interactions/mail/address.pug', titleKey: 'dead-mail.title.address', locals: deadMail },
  {
    name: 'dead-mail-wrong',
    view: 'interactions/mail/address.pug',
    titleKey: 'dead-mail.title.address',
    locals: (t) => ({
      ...deadMail(),
      values: { email: 'marie' },
      errors: [{ field: 'email', text: t('error.field-invalid.text') }],
    }),
  },
  {
    name: 'dead-mail-code',
    view: 'interactions/mail/code.pug',
    titleKey: 'dead-mail.title.code',
    locals: () => ({ ...deadMail(), ...deadMailCode }),
  },
  {
    name: 'dead-mail-undelivered',
    view: 'interactions/mail/code.pug',
    titleKey: 'dead-mail.title.code',
    locals: () => ({ ...deadMail(), ...deadMailCode, trouble: 'wrong-address' }),
  },
];
