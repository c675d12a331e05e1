import type { Texts } from '../layout/texts.ts';

/** The words of the page are those of the platform's user guide. */
export const texts = {
  fr: {
    'chooser.title': 'Se connecter',
    'chooser.sentence': "Veuillez vous réauthentifier avec l'un des modes suivants pour accéder à l'application",
    'chooser.sentence-step': "Connexion à l'application",
    'chooser.policy': 'Données personnelles de {application}',
    'chooser.terms': "Conditions d'utilisation de {application}",
    'chooser.modes': 'Modes de connexion',
    'chooser.other-modes': 'Se connecter autrement',
    'chooser.away': 'Ne répond pas',
    'chooser.refused': 'Non accepté ici',
    'chooser.why-separator': ':',
    'chooser.refused.level': "Ce mode n'est pas assez sûr pour {application} : choisissez-en un autre.",
    'chooser.refused.application': "L'application {application} n'accepte pas ce mode : choisissez-en un autre.",
    'chooser.step-up.title': 'Vous êtes déjà connecté : {name}',
    'chooser.step-up.half': 'Mot de passe vérifié : {name}',
    'chooser.step-up.reason':
      '{application} contient des données de santé : elle demande une connexion plus sûre que celle de cette session.',
    'chooser.step-up.mode':
      "Le mode de connexion de cette session, {mode}, n'ouvre pas {application} : choisissez-en un autre.",
    'chooser.step-up.structure':
      "La structure qui s'est portée garante de vous n'ouvre plus {application} : choisissez un autre mode.",
    'chooser.step-up.keep': 'Continuer en tant que {name}',
    'chooser.step-up.other': "Ce n'est pas vous ?",
    'chooser.step-up.only-missing':
      "Il ne manque qu'un code à usage unique : votre mot de passe ne sera pas redemandé.",
  },
  en: {
    'chooser.title': 'Sign in',
    'chooser.sentence': 'Please sign in again in one of the following ways to reach the application',
    'chooser.sentence-step': 'Signing in to the application',
    'chooser.policy': 'Personal data at {application}',
    'chooser.terms': 'Terms of use of {application}',
    'chooser.modes': 'Ways to sign in',
    'chooser.other-modes': 'Sign in another way',
    'chooser.away': 'Not answering',
    'chooser.refused': 'Not accepted here',
    'chooser.why-separator': '-',
    'chooser.refused.level': 'This way is not secure enough for {application}: choose another one.',
    'chooser.refused.application': '{application} does not accept this way: choose another one.',
    'chooser.step-up.title': 'You are already signed in: {name}',
    'chooser.step-up.half': 'Password verified: {name}',
    'chooser.step-up.reason':
      '{application} holds health data: it asks for a stronger sign-in than the one of this session.',
    'chooser.step-up.mode': 'The sign-in of this session, {mode}, does not open {application}: choose another way.',
    'chooser.step-up.structure':
      'The organisation that vouched for you no longer opens {application}: choose another way.',
    'chooser.step-up.keep': 'Go on as {name}',
    'chooser.step-up.other': 'Not you?',
    'chooser.step-up.only-missing': 'Only a one-time code is missing: your password will not be asked again.',
  },
} as const satisfies Texts;
