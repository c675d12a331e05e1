import type { Texts } from '../layout/texts.ts';

/** What may go wrong in a first sign-in. Part of the texts of errors. */
export const signupErrorTexts = {
  fr: {
    'error.account-other-identity.title': 'Ce compte est celui de quelqu’un d’autre',
    'error.account-other-identity.text': 'Ce compte est déjà rattaché à un autre numéro national que le vôtre.',
    'error.account-other-identity.advice':
      'Si c’est bien votre compte, contactez l’assistance. Sinon, revenez à l’inscription pour créer le vôtre.',
  },
  en: {
    'error.account-other-identity.title': 'This account is somebody else’s',
    'error.account-other-identity.text': 'This account is already joined to another national number than yours.',
    'error.account-other-identity.advice':
      'If it really is your account, contact support. If not, go back to the sign-up to create yours.',
  },
} as const satisfies Texts;
