import type { Texts } from '../layout/texts.ts';

/** What a limit closes, and what stays open. Part of the texts of errors. */
export const trustTexts = {
  fr: {
    'error.sms-unavailable.title': "L'envoi par SMS n'est pas possible",
    'error.sms-unavailable.text': "Nous ne pouvons pas envoyer de SMS à ce numéro aujourd'hui.",
    'error.sms-unavailable.advice':
      "Choisissez l'envoi par mail ou un autre mode de connexion. Si c'est impossible, contactez l'assistance.",
  },
  en: {
    'error.sms-unavailable.title': 'Text messages are not possible',
    'error.sms-unavailable.text': 'We cannot send text messages to this number today.',
    'error.sms-unavailable.advice': 'Choose e-mail or another way to sign in. If you cannot, contact support.',
  },
} as const satisfies Texts;
