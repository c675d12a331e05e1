import type { Texts } from '../layout/texts.ts';

/** The tabs, in the guide's words: `mode.<id>.label` and `mode.<id>.description`. */
export const texts = {
  fr: {
    'mode.cps.label': 'Carte CPS',
    'mode.cps.description':
      "Connexion avec une carte CPS physique. Vous devez disposer d'un lecteur de carte connecté à votre poste.",
    'mode.code-ephemere.label': 'Code Éphémère',
    'mode.code-ephemere.description':
      'Authentification à double facteur, avec votre identifiant, mot de passe et un code à usage unique envoyé par mail ou SMS.',
    'mode.compte-local.label': 'Compte local',
    'mode.compte-local.description': 'Vous exercez dans une structure disposant de la fonctionnalité Porte 5.',
    'mode.monsisra.label': 'MonSisra',
    'mode.monsisra.description':
      "Vous êtes déjà connecté sur l'application bureau, vous pouvez vous authentifier directement !",
    'mode.psc.label': 'PSC',
    'mode.psc.description': "Connexion à l'aide de votre carte e-CPS (Pro Santé Connect).",
    'mode.login-mdp.label': 'Login / Mdp',
    'mode.login-mdp.description':
      "Connexion à certaines applications ne nécessitant pas d'authentification à double facteur (cerveau, ROR...).",
    'mode.cle-acces.label': "Clé d'accès",
    'mode.cle-acces.description':
      "Connexion avec l'empreinte, le visage ou le code de votre téléphone ou de votre ordinateur.",
  },
  en: {
    'mode.cps.label': 'CPS card',
    'mode.cps.description': 'Sign in with a physical CPS card. A card reader must be connected to your computer.',
    'mode.code-ephemere.label': 'One-time code',
    'mode.code-ephemere.description':
      'Two-factor sign-in, with your username, your password and a one-time code sent by e-mail or SMS.',
    'mode.compte-local.label': 'Local account',
    'mode.compte-local.description': 'You work in an organisation that has the “Porte 5” feature.',
    'mode.monsisra.label': 'MonSisra',
    'mode.monsisra.description': 'You are already signed in to the desktop application: you can sign in directly!',
    'mode.psc.label': 'PSC',
    'mode.psc.description': 'Sign in with your e-CPS card (Pro Santé Connect).',
    'mode.login-mdp.label': 'Username / Password',
    'mode.login-mdp.description': 'Sign in to the applications that need no second factor (cerveau, ROR...).',
    'mode.cle-acces.label': 'Passkey',
    'mode.cle-acces.description': 'Sign in with the fingerprint, face or code of your phone or computer.',
  },
} as const satisfies Texts;
