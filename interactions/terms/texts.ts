import type { Texts } from '../layout/texts.ts';

export const texts = {
  fr: {
    'accept-terms.title': "Conditions d'utilisation",
    'accept-terms.heading': "Acceptez les conditions d'utilisation",
    'accept-terms.explanation':
      "Avant d'ouvrir {application}, prenez connaissance des conditions d'utilisation du portail. Elles ont changé, ou vous ne les avez pas encore acceptées.",
    'accept-terms.read': "Lire les conditions d'utilisation",
    'accept-terms.accept': "J'accepte et je continue",
  },
  en: {
    'accept-terms.title': 'Terms of use',
    'accept-terms.heading': 'Accept the terms of use',
    'accept-terms.explanation':
      'Before {application} opens, read the terms of use of the portal. They have changed, or you have not accepted them yet.',
    'accept-terms.read': 'Read the terms of use',
    'accept-terms.accept': 'I accept and continue',
  },
} as const satisfies Texts;
