import type { Texts } from '../../layout/texts.ts';

export const texts = {
  fr: {
    'cle-acces.title': "Clé d'accès",
    'cle-acces.lead':
      "Votre téléphone, votre ordinateur ou votre clé de sécurité vous reconnaît par l'empreinte, le visage ou un code. Rien à saisir.",
    'cle-acces.submit': "Se connecter avec une clé d'accès",
    'cle-acces.where': 'Pas encore de clé ? Ajoutez-en une dans « Mon compte », rubrique « Moyens de connexion ».',
  },
  en: {
    'cle-acces.title': 'Passkey',
    'cle-acces.lead':
      'Your phone, computer or security key recognises you by fingerprint, face or a code. Nothing to type.',
    'cle-acces.submit': 'Sign in with a passkey',
    'cle-acces.where': 'No passkey yet? Add one in “My account”, under “Ways to sign in”.',
  },
} as const satisfies Texts;
