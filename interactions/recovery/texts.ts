import type { Texts } from '../layout/texts.ts';

/** Forgotten password, forgotten identifier, lost phone. */
export const texts = {
  fr: {
    'recovery.continue': 'Continuer',
    'recovery.start-again': 'Recommencer',
    'recovery.start.lead':
      'Un code sera envoyé à l’adresse mail de votre compte, puis vous choisirez un nouveau mot de passe.',
    'recovery.start.login': 'Identifiant ou adresse mail',
    'recovery.start.submit': 'Recevoir un code',
    'recovery.identifier.link': 'Identifiant oublié ?',
    'recovery.phone.title': 'Téléphone perdu ?',
    'recovery.phone.text':
      'Avec votre carte CPS ou Pro Santé Connect, vous pouvez changer de numéro tout de suite. Sinon, l’assistance vérifiera votre identité.',
    'recovery.phone.cps': 'Par carte CPS',
    'recovery.phone.psc': 'Par Pro Santé Connect',
    'recovery.code.title': 'Saisissez le code reçu par mail',
    'recovery.code.sent':
      'Si un compte correspond à ce que vous avez saisi, un code vient d’être envoyé à son adresse mail.',
    'recovery.code.nothing': 'Rien reçu ? Vérifiez les indésirables, et ce que vous avez saisi.',
    'recovery.second.title': 'Une seconde preuve',
    'recovery.second.lead':
      'Votre compte a un second facteur : il protège aussi votre mot de passe. Donnez-le d’une de ces façons.',
    'recovery.second.sms': 'Recevoir un code par SMS au {number}',
    'recovery.second.sms-again': 'Renvoyer un code par SMS au {number}',
    'recovery.second.sms-code': 'Code reçu par SMS',
    'recovery.password.title': 'Choisir un nouveau mot de passe',
    'recovery.password.submit': 'Enregistrer',
    'recovery.done.title': 'Votre mot de passe a changé',
    'recovery.done.text': 'Toutes vos sessions sont fermées. Retournez dans votre application et connectez-vous.',
    'recovery.done.mail-alone':
      'Ce mot de passe n’ouvre, avec un code reçu par mail, que les applications qui demandent un simple mot de passe. Pour les autres, connectez-vous par Carte CPS ou e-CPS (PSC), et choisissez un mot de passe dans « Mon compte » ; sinon, adressez-vous à l’assistance.',
    'recovery.second.none':
      'Vous n’avez rien de tout cela ? Un code par mail ne suffit pas pour changer le mot de passe de ce compte.',
    'recovery.identifier.title': 'Identifiant oublié',
    'recovery.identifier.lead': 'Votre identifiant sera envoyé à l’adresse mail de votre compte.',
    'recovery.identifier.submit': 'Recevoir mon identifiant',
    'recovery.identifier.sent': 'Si un compte a cette adresse mail, son identifiant vient d’y être envoyé.',
  },
  en: {
    'recovery.continue': 'Continue',
    'recovery.start-again': 'Start again',
    'recovery.start.lead':
      'A code will be sent to the mail address of your account; then you will choose a new password.',
    'recovery.start.login': 'Username or mail address',
    'recovery.start.submit': 'Receive a code',
    'recovery.identifier.link': 'Forgotten username?',
    'recovery.phone.title': 'Lost your phone?',
    'recovery.phone.text':
      'With your CPS card or Pro Santé Connect you can change your number at once. Otherwise support will check who you are.',
    'recovery.phone.cps': 'By CPS card',
    'recovery.phone.psc': 'By Pro Santé Connect',
    'recovery.code.title': 'Type the code received by mail',
    'recovery.code.sent': 'If an account matches what you typed, a code was just sent to its mail address.',
    'recovery.code.nothing': 'Nothing received? Look in your spam folder, and at what you typed.',
    'recovery.second.title': 'A second proof',
    'recovery.second.lead':
      'Your account has a second factor: it protects your password too. Give it in one of these ways.',
    'recovery.second.sms': 'Receive a code by SMS at {number}',
    'recovery.second.sms-again': 'Send another code by SMS to {number}',
    'recovery.second.sms-code': 'Code received by SMS',
    'recovery.password.title': 'Choose a new password',
    'recovery.password.submit': 'Save',
    'recovery.done.title': 'Your password has changed',
    'recovery.done.text': 'All your sessions have ended. Go back to your application and sign in.',
    'recovery.done.mail-alone':
      'With a code received by mail, this password opens only the applications that ask for a mere password. For the others, sign in by CPS card or e-CPS (PSC), and choose a password in “My account”; or ask support.',
    'recovery.second.none':
      'You have none of these? A code by mail is not enough to change the password of this account.',
    'recovery.identifier.title': 'Forgotten username',
    'recovery.identifier.lead': 'Your username will be sent to the mail address of your account.',
    'recovery.identifier.submit': 'Receive my username',
    'recovery.identifier.sent': 'If an account has this mail address, its username was just sent there.',
  },
} as const satisfies Texts;
