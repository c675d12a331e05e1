import type { Texts } from '../layout/texts.ts';

/** The home page and the forgotten password; the long pages are in article-texts.ts. */
export const texts = {
  fr: {
    'home.title': 'Accueil',
    'home.tagline':
      "La porte d'entrée des Professionnels de Santé vers les services sanitaires et médico-sociaux de SARA",
    'home.since': 'Connecté par {mode} depuis {since}',
    'home.account': 'Mon compte',
    'home.logout': 'Se déconnecter',
    'home.signed-out': "Vous n'êtes pas connecté. Ouvrez une application : elle vous proposera de vous connecter.",
    'home.applications': 'Applications',
    'home.no-application': "Aucune application n'est proposée pour le moment.",
    'forgotten-password.title': 'Mot de passe oublié',
    'forgotten-password.advice':
      "L'assistance vérifiera votre identité avant de vous aider. Elle ne vous demandera jamais votre mot de passe.",
    'article.support': "Contacter l'assistance",
  },
  en: {
    'home.title': 'Home',
    'home.tagline': 'The gateway of health professionals to the health and social care services of SARA',
    'home.since': 'Signed in with {mode} since {since}',
    'home.account': 'My account',
    'home.logout': 'Sign out',
    'home.signed-out': 'You are not signed in. Open an application: it will offer you to sign in.',
    'home.applications': 'Applications',
    'home.no-application': 'No application is offered at the moment.',
    'forgotten-password.title': 'Forgotten password',
    'forgotten-password.advice':
      'Support will check who you are before helping you. They will never ask for your password.',
    'article.support': 'Contact support',
  },
} as const satisfies Texts;
