import type { Texts } from '../layout/texts.ts';

export const texts = {
  fr: {
    'invitation.title': 'Invitation',
    'invitation.heading': 'Créez votre compte sur {platform}',
    'invitation.text': 'Vous avez été invité. Cela prend trois minutes, votre téléphone à portée de main :',
    'invitation.step.form': 'complétez un formulaire, et choisissez un identifiant et un mot de passe ;',
    'invitation.step.mail': 'recopiez un code reçu par mail ;',
    'invitation.step.phone': 'recopiez un code reçu par SMS.',
    'invitation.start': 'Commencer',
    'invitation.done.title': 'Votre compte est créé',
    'invitation.done.heading': 'Votre compte est créé',
    'invitation.done.text':
      'Ouvrez l’application dont vous avez besoin et connectez-vous avec votre identifiant et votre mot de passe : un code à usage unique vous sera envoyé quand il le faut.',
    'invitation.done.applications': 'Choisir une application',
  },
  en: {
    'invitation.title': 'Invitation',
    'invitation.heading': 'Create your account on {platform}',
    'invitation.text': 'You were invited. It takes three minutes, with your phone at hand:',
    'invitation.step.form': 'fill in a form, and choose a username and a password;',
    'invitation.step.mail': 'copy a code received by e-mail;',
    'invitation.step.phone': 'copy a code received by SMS.',
    'invitation.start': 'Start',
    'invitation.done.title': 'Your account is created',
    'invitation.done.heading': 'Your account is created',
    'invitation.done.text':
      'Open the application you need and sign in with your username and password: a one-time code will be sent to you when one is needed.',
    'invitation.done.applications': 'Choose an application',
  },
} as const satisfies Texts;
