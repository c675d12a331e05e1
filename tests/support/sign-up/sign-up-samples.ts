import { texts as captcha } from '../../../interactions/captcha/texts.ts';
import { texts as invitation } from '../../../interactions/invitation/texts.ts';
import type { Translate } from '../../../interactions/layout/texts.ts';
import { texts as password } from '../../../interactions/password/texts.ts';
import { codeTexts } from '../../../interactions/signup/code-texts.ts';
import { texts as signUp } from '../../../interactions/signup/texts.ts';
import type { Sample } from '../pages/page-samples.ts';

export const SIGN_UP_TEXTS = { captcha, invitation, password, signup: signUp, 'signup/code': codeTexts };

const FORM = 'interactions/signup/form.pug';
const CODE = 'interactions/signup/code.pug';

const form = (t: Translate) => ({
  csrf: 'x',
  action: '/x',
  abortAction: '/x',
  application: 'Messagerie sécurisée',
  source: 'cps',
  existingHref: '/x',
  values: { title: '', family_name: 'INCONNU', given_name: 'ALIX', email: '', profession: '10', specialty: '' },
  locked: { family_name: true, given_name: true },
  loginRequired: false,
  phoneAsked: false,
  wantsLogin: false,
  accepted: false,
  passwordChosen: false,
  titles: ['MME', 'M', 'DR', 'PR'].map((code) => ({ code, label: t(`title.${code}`) })),
  professions: [
    { code: '10', label: 'Médecin' },
    { code: '60', label: 'Infirmier' },
  ],
  specialtyGroups: [{ code: '10', label: 'Médecin', specialties: [{ code: 'SM54', label: 'Médecine générale' }] }],
  saidProfession: 'Médecin',
  proven: false,
  captcha: { kind: 'altcha', challenge: '/x', lang: 'fr' },
});

const code = {
  csrf: 'x',
  action: '/x',
  abortAction: '/x',
  resendAction: '/x',
  backHref: '/x',
  channel: 'mail',
  destination: 'alix@cabinet.example',
  expiresInMinutes: 5,
  resendInSeconds: 27,
  sendsLeft: 2,
  last: false,
};

/** A first sign-in in its states. */
export const SIGN_UP_SAMPLES: readonly Sample[] = [
  { name: 'sign-up', view: FORM, titleKey: 'signup.title', locals: form },
  {
    name: 'sign-up-wrong',
    view: FORM,
    titleKey: 'signup.title',
    locals: (t) => ({
      ...form(t),
      wantsLogin: true,
      passwordChosen: true,
      proven: true,
      errors: ['title', 'email', 'new_login', 'phone', 'terms'].map((field) => ({
        field,
        text: t(`signup.${field}.missing`),
      })),
    }),
  },
  {
    name: 'sign-up-invited',
    view: FORM,
    titleKey: 'signup.title',
    locals: (t) => ({
      ...form(t),
      application: undefined,
      abortAction: undefined,
      existingHref: undefined,
      source: undefined,
      locked: {},
      loginRequired: true,
      captcha: { kind: 'recaptcha', siteKey: 'x', lang: 'fr' },
    }),
  },
  { name: 'sign-up-mail', view: CODE, titleKey: 'signup.code.title.mail', locals: () => code },
  {
    name: 'sign-up-undelivered',
    view: CODE,
    titleKey: 'signup.code.title.mail',
    locals: () => ({ ...code, trouble: 'wrong-address' }),
  },
  {
    name: 'sign-up-phone',
    view: CODE,
    titleKey: 'signup.code.title.sms',
    locals: (t) => ({
      ...code,
      channel: 'sms',
      destination: '+33639987701',
      expiresInMinutes: 0,
      sendsLeft: 0,
      last: true,
      errors: [{ field: 'code', text: t('error.code-wrong.text') }],
    }),
  },
  {
    name: 'sign-up-existing',
    view: 'interactions/signup/existing.pug',
    titleKey: 'signup.existing.title',
    locals: () => ({ csrf: 'x', action: '/x', abortAction: '/x', backHref: '/x' }),
  },
  {
    name: 'sign-up-existing-code',
    view: CODE,
    titleKey: 'signup.existing.title',
    locals: () => ({ ...code, last: true, joining: true }),
  },
  {
    name: 'sign-up-existing-proof',
    view: 'interactions/signup/existing-proof.pug',
    titleKey: 'signup.existing.title',
    locals: () => ({
      csrf: 'x',
      action: '/x',
      abortAction: '/x',
      backHref: '/x',
      app: true,
      passkey: true,
      sms: '+33 6 •• •• •• 01',
    }),
  },
  {
    name: 'invitation',
    view: 'interactions/invitation/welcome.pug',
    titleKey: 'invitation.title',
    locals: () => ({ csrf: 'x', action: '/x' }),
  },
  { name: 'invitation-done', view: 'interactions/invitation/done.pug', titleKey: 'invitation.done.title' },
];
