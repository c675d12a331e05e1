import type { Texts } from '../layout/texts.ts';

export const texts = {
  fr: {
    'logout.confirm.title': 'Se déconnecter',
    'logout.confirm.heading': 'Voulez-vous vous déconnecter ?',
    'logout.confirm.asked': 'Cette déconnexion a été demandée depuis {application}.',
    'logout.confirm.explanation':
      'Vous serez déconnecté de « {platform} » et des applications ouvertes avec cette connexion.',
    'logout.confirm.yes': 'Se déconnecter',
    'logout.confirm.stay': 'Rester connecté',
    'logout.done.title': 'Vous êtes déconnecté',
    'logout.done.heading': 'Vous êtes déconnecté',
    'logout.done.explanation': 'Votre session est terminée sur ce poste.',
    'logout.done.shared-computer': 'Poste partagé ? Fermez aussi le navigateur et retirez votre carte du lecteur.',
    'logout.done.home': "Retour à l'accueil",
  },
  en: {
    'logout.confirm.title': 'Sign out',
    'logout.confirm.heading': 'Do you want to sign out?',
    'logout.confirm.asked': 'This was asked from {application}.',
    'logout.confirm.explanation':
      'You will be signed out of “{platform}” and of the applications opened with this sign-in.',
    'logout.confirm.yes': 'Sign out',
    'logout.confirm.stay': 'Stay signed in',
    'logout.done.title': 'You are signed out',
    'logout.done.heading': 'You are signed out',
    'logout.done.explanation': 'Your session has ended on this computer.',
    'logout.done.shared-computer': 'Shared computer? Close the browser too and take your card out of the reader.',
    'logout.done.home': 'Back to home',
  },
} as const satisfies Texts;
