import type { Texts } from '../layout/texts.ts';

/** What a structure answers about one of its people, and what to try. Part of the texts of errors. */
export const structureTexts = {
  fr: {
    'error.structure-unknown.title': 'Structure inconnue',
    'error.structure-unknown.text': "Cette structure n'est pas, ou n'est plus, proposée ici.",
    'error.structure-unknown.advice': 'Cherchez votre structure par son nom, sa ville ou son numéro FINESS.',
    'error.structure-password-expired.title': 'Mot de passe expiré',
    'error.structure-password-expired.text': 'Le mot de passe que vous utilisez dans votre structure a expiré.',
    'error.structure-password-expired.advice':
      'Changez-le depuis un poste de votre structure, ou auprès de son service informatique, puis recommencez.',
    'error.structure-must-change.title': 'Mot de passe à changer',
    'error.structure-must-change.text': 'Votre structure demande que vous changiez votre mot de passe.',
    'error.structure-must-change.advice':
      'Ouvrez une session sur un poste de votre structure pour le changer, puis recommencez ici.',
    'error.structure-locked.title': 'Compte verrouillé par votre structure',
    'error.structure-locked.text': 'Votre structure a verrouillé votre compte après plusieurs essais.',
    'error.structure-locked.advice':
      "Attendez la fin du verrouillage, ou demandez au service informatique de votre structure d'y mettre fin.",
    'error.structure-disabled.title': 'Compte fermé par votre structure',
    'error.structure-disabled.text': "Votre compte n'est plus ouvert dans cette structure.",
    'error.structure-disabled.advice':
      'Choisissez une autre structure ou un autre mode de connexion, ou contactez le service informatique de votre structure.',
    'error.structure-not-now.title': 'Connexion refusée pour le moment',
    'error.structure-not-now.text': "Votre structure n'autorise pas votre compte à se connecter à cette heure.",
    'error.structure-not-now.advice': 'Voyez avec le service informatique de votre structure les horaires autorisés.',
    'error.structure-not-here.title': "Connexion refusée d'ici",
    'error.structure-not-here.text':
      "Votre structure n'autorise votre compte à ouvrir une session que sur certains postes.",
    'error.structure-not-here.advice':
      'Demandez à son service informatique de vous autoriser à vous connecter par cette page, ou choisissez un autre mode de connexion.',
    'error.structure-unclear.title': "Votre structure n'a pas pu répondre de votre compte",
    'error.structure-unclear.text': "L'annuaire de votre structure ne dit pas si votre compte peut se connecter.",
    'error.structure-unclear.advice':
      "Ce n'est pas votre faute. Donnez le code ci-dessous au service informatique de votre structure, ou choisissez un autre mode de connexion.",
    'error.structure-busy.title': 'Beaucoup de connexions en ce moment',
    'error.structure-busy.text': 'Beaucoup de personnes se connectent en ce moment avec votre structure.',
    'error.structure-busy.advice': "Votre mot de passe n'a pas été essayé. Recommencez dans une minute.",
    'error.structure-second-factor.title': 'Second facteur demandé',
    'error.structure-second-factor.text': "Votre structure n'a pas confirmé votre connexion par un second facteur.",
    'error.structure-second-factor.advice':
      'Recommencez en validant le second facteur de votre structure, ou choisissez un autre mode de connexion.',
    'error.structure-refused.title': "Votre structure n'a pas confirmé la connexion",
    'error.structure-refused.text': "Votre structure n'a pas confirmé la connexion.",
    'error.structure-refused.advice':
      'Recommencez. Si cela se reproduit, contactez le service informatique de votre structure.',
    'error.structure-unavailable.title': 'Votre structure ne répond pas',
    'error.structure-unavailable.text': 'Le service de connexion de votre structure ne répond pas pour le moment.',
    'error.structure-unavailable.advice':
      "Ce n'est pas votre faute. Réessayez dans quelques minutes, ou choisissez un autre mode de connexion.",
    'error.structure-untrusted.title': "Le serveur de votre structure n'est pas reconnu",
    'error.structure-untrusted.text':
      'Nous ne reconnaissons pas le serveur de votre structure : votre mot de passe ne lui a pas été envoyé.',
    'error.structure-untrusted.advice':
      "Ce n'est pas votre faute. Prévenez le service informatique de votre structure, et choisissez un autre mode de connexion.",
  },
  en: {
    'error.structure-unknown.title': 'Unknown organisation',
    'error.structure-unknown.text': 'This organisation is not, or no longer, offered here.',
    'error.structure-unknown.advice': 'Search for your organisation by its name, town or FINESS number.',
    'error.structure-password-expired.title': 'Expired password',
    'error.structure-password-expired.text': 'The password that you use at your organisation has expired.',
    'error.structure-password-expired.advice':
      'Change it from a computer of your organisation, or with its IT department, then start again.',
    'error.structure-must-change.title': 'Password to be changed',
    'error.structure-must-change.text': 'Your organisation asks you to change your password.',
    'error.structure-must-change.advice':
      'Sign in to a computer of your organisation to change it, then start again here.',
    'error.structure-locked.title': 'Account locked by your organisation',
    'error.structure-locked.text': 'Your organisation has locked your account after several tries.',
    'error.structure-locked.advice': 'Wait until it ends, or ask the IT department of your organisation to unlock it.',
    'error.structure-disabled.title': 'Account closed by your organisation',
    'error.structure-disabled.text': 'Your account is no longer open at this organisation.',
    'error.structure-disabled.advice':
      'Choose another organisation or another way to sign in, or contact the IT department of your organisation.',
    'error.structure-not-now.title': 'Sign-in refused for the moment',
    'error.structure-not-now.text': 'Your organisation does not allow your account to sign in at this hour.',
    'error.structure-not-now.advice': 'Ask the IT department of your organisation which hours are allowed.',
    'error.structure-not-here.title': 'Sign-in refused from here',
    'error.structure-not-here.text': 'Your organisation lets your account open a session on certain workstations only.',
    'error.structure-not-here.advice':
      'Ask its IT department to let you sign in through this page, or choose another way to sign in.',
    'error.structure-unclear.title': 'Your organisation could not answer for your account',
    'error.structure-unclear.text': 'The directory of your organisation does not say whether your account may sign in.',
    'error.structure-unclear.advice':
      'It is not your fault. Give the code below to the IT department of your organisation, or choose another way to sign in.',
    'error.structure-busy.title': 'Many people are signing in',
    'error.structure-busy.text': 'Many people are signing in with your organisation at this moment.',
    'error.structure-busy.advice': 'Your password was not tried. Start again in a minute.',
    'error.structure-second-factor.title': 'Second factor required',
    'error.structure-second-factor.text': 'Your organisation did not confirm your sign-in with a second factor.',
    'error.structure-second-factor.advice':
      'Start again and confirm with the second factor of your organisation, or choose another way to sign in.',
    'error.structure-refused.title': 'Your organisation did not confirm the sign-in',
    'error.structure-refused.text': 'Your organisation did not confirm the sign-in.',
    'error.structure-refused.advice':
      'Start again. If it happens again, contact the IT department of your organisation.',
    'error.structure-unavailable.title': 'Your organisation does not answer',
    'error.structure-unavailable.text': 'The sign-in service of your organisation does not answer at the moment.',
    'error.structure-unavailable.advice':
      'It is not your fault. Try again in a few minutes, or choose another way to sign in.',
    'error.structure-untrusted.title': "Your organisation's server is not recognised",
    'error.structure-untrusted.text':
      "We do not recognise your organisation's server: your password was not sent to it.",
    'error.structure-untrusted.advice':
      'It is not your fault. Tell the IT department of your organisation, and choose another way to sign in.',
  },
} as const satisfies Texts;
