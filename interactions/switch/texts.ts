import type { Texts } from '../layout/texts.ts';

export const texts = {
  fr: {
    'switch.title': 'Changer de compte',
    'switch.heading': 'Changer de compte ?',
    'switch.explanation': '{from} est connecté dans ce navigateur. Vous allez continuer en tant que {to}.',
    'switch.consequence': 'La session de {from} sera fermée ici, avec les applications ouvertes par cette session.',
    'switch.confirm': 'Continuer en tant que {to}',
  },
  en: {
    'switch.title': 'Change account',
    'switch.heading': 'Change account?',
    'switch.explanation': '{from} is signed in in this browser. You are about to go on as {to}.',
    'switch.consequence': 'The session of {from} will be closed here, with the applications it opened.',
    'switch.confirm': 'Go on as {to}',
  },
} as const satisfies Texts;
