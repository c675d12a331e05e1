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
    'error.structure-not-now.text': "Votre structure n'autorise pas votre compte à se connecter maintenant ou d'ici.",
    'error.structure-not-now.advice': 'Voyez avec le service informatique de votre structure les horaires autorisés.',
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
    'error.structure-not-now.text': 'Your organisation does not allow your account to sign in now, or from here.',
    'error.structure-not-now.advice': 'Ask the IT department of your organisation which hours are allowed.',
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
