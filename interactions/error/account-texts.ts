import type { Texts } from '../layout/texts.ts';

/** What can go wrong on the pages of a person's own account. Part of the texts of errors. */
export const accountErrorTexts = {
  fr: {
    'error.door-closed.title': 'Ce mode de connexion est fermé pour votre compte',
    'error.door-closed.text':
      "Vous avez fermé ce mode de connexion après avoir signalé une connexion qui n'était pas la vôtre.",
    'error.door-closed.advice':
      "Choisissez un autre mode de connexion ; vous pourrez rouvrir celui-ci dans votre compte, ou avec l'assistance.",
    'error.contact-taken.title': 'Cette adresse est déjà utilisée',
    'error.contact-taken.text': 'Cette adresse ne peut pas être utilisée pour votre compte.',
    'error.contact-taken.advice': "Choisissez-en une autre. Si elle est à vous, contactez l'assistance.",
    'error.contact-same.title': "C'est déjà votre adresse",
    'error.contact-same.text': 'Cette adresse ou ce numéro est déjà celui de votre compte.',
    'error.contact-same.advice': "Il n'y a rien à changer.",
    'error.account-changed.title': 'Votre compte a changé entre-temps',
    'error.account-changed.text':
      "Une autre page ou un autre appareil a modifié votre compte pendant ce temps. Rien n'a été écrasé.",
    'error.account-changed.advice':
      'Rouvrez la page de votre compte, vérifiez ce qui y figure et recommencez si besoin.',
    'error.undo-unknown.title': "Ce code d'annulation n'est pas reconnu",
    'error.undo-unknown.text': "Ce code d'annulation est inconnu, a déjà servi ou a plus de 72 heures.",
    'error.undo-unknown.advice':
      "Recopiez le code du message le plus ancien. Si le délai est passé, contactez l'assistance.",
    'error.password-mismatch.title': 'Les deux mots de passe diffèrent',
    'error.password-mismatch.text': 'Les deux saisies du nouveau mot de passe ne sont pas identiques.',
    'error.password-mismatch.advice': 'Saisissez deux fois le même mot de passe.',
    'error.password-weak.title': 'Mot de passe trop faible',
    'error.password-weak.text':
      'Ce mot de passe est trop court, trop courant ou trop proche de vos nom et identifiant.',
    'error.password-weak.advice': 'Choisissez au moins 12 caractères, par exemple plusieurs mots sans lien entre eux.',
    'error.passkey-refused.title': "Clé d'accès non reconnue",
    'error.passkey-refused.text': "Cette clé d'accès n'a pas pu être vérifiée.",
    'error.passkey-refused.advice':
      'Réessayez avec la clé enregistrée pour votre compte, ou choisissez un autre mode de connexion.',
    'error.passkey-cloned.title': "Clé d'accès suspendue",
    'error.passkey-cloned.text': "Cette clé d'accès a été suspendue : elle a peut-être été copiée.",
    'error.passkey-cloned.advice': 'Choisissez un autre mode de connexion, puis retirez cette clé dans votre compte.',
    'error.passkey-known.title': "Clé d'accès déjà enregistrée",
    'error.passkey-known.text': "Cette clé d'accès est déjà enregistrée.",
    'error.passkey-known.advice': 'Utilisez-la pour vous connecter, ou enregistrez une autre clé.',
    'error.authenticator-code-wrong.title': 'Code incorrect',
    'error.authenticator-code-wrong.text':
      "Le code de votre application d'authentification est incorrect ou a déjà servi.",
    'error.authenticator-code-wrong.advice':
      "Attendez le code suivant et saisissez-le. Vérifiez que l'heure de votre téléphone est automatique.",
    'error.recovery-code-wrong.title': 'Code de secours incorrect',
    'error.recovery-code-wrong.text': 'Ce code de secours est inconnu ou a déjà servi.',
    'error.recovery-code-wrong.advice': "Saisissez un autre code de votre liste, ou contactez l'assistance.",
    'error.recovery-over.title': "Cette demande n'est plus ouverte",
    'error.recovery-over.text': 'La demande a expiré, est terminée, ou a été ouverte dans un autre navigateur.',
    'error.recovery-over.advice': 'Recommencez depuis la page du mot de passe oublié.',
  },
  en: {
    'error.door-closed.title': 'This way of signing in is closed for your account',
    'error.door-closed.text': 'You closed this way of signing in after reporting a sign-in that was not yours.',
    'error.door-closed.advice':
      'Choose another way to sign in; you can open this one again in your account, or with support.',
    'error.contact-taken.title': 'This address is already in use',
    'error.contact-taken.text': 'This address cannot be used for your account.',
    'error.contact-taken.advice': 'Choose another one. If it is yours, contact support.',
    'error.contact-same.title': 'It is already yours',
    'error.contact-same.text': 'This address or number is already that of your account.',
    'error.contact-same.advice': 'There is nothing to change.',
    'error.account-changed.title': 'Your account changed meanwhile',
    'error.account-changed.text':
      'Another page or device changed your account in the meantime. Nothing was overwritten.',
    'error.account-changed.advice':
      'Open the page of your account again, check what it says and start again if needed.',
    'error.undo-unknown.title': 'This undo code is not recognised',
    'error.undo-unknown.text': 'This undo code is unknown, was used already or is more than 72 hours old.',
    'error.undo-unknown.advice': 'Copy the code of the oldest message. If it is too late, contact support.',
    'error.password-mismatch.title': 'The two passwords differ',
    'error.password-mismatch.text': 'The new password was not typed twice alike.',
    'error.password-mismatch.advice': 'Type the same password twice.',
    'error.password-weak.title': 'Password too weak',
    'error.password-weak.text': 'This password is too short, too common or too close to your name or username.',
    'error.password-weak.advice': 'Choose at least 12 characters, such as several unrelated words.',
    'error.passkey-refused.title': 'Passkey not recognised',
    'error.passkey-refused.text': 'This passkey could not be verified.',
    'error.passkey-refused.advice':
      'Try again with the key registered for your account, or choose another way to sign in.',
    'error.passkey-cloned.title': 'Passkey suspended',
    'error.passkey-cloned.text': 'This passkey was suspended: it may have been copied.',
    'error.passkey-cloned.advice': 'Choose another way to sign in, then remove this key in your account.',
    'error.passkey-known.title': 'Passkey already registered',
    'error.passkey-known.text': 'This passkey is already registered.',
    'error.passkey-known.advice': 'Use it to sign in, or register another one.',
    'error.authenticator-code-wrong.title': 'Wrong code',
    'error.authenticator-code-wrong.text': 'The code of your authenticator application is wrong or was used already.',
    'error.authenticator-code-wrong.advice':
      'Wait for the next code and type it. Check that your phone sets its clock automatically.',
    'error.recovery-code-wrong.title': 'Wrong recovery code',
    'error.recovery-code-wrong.text': 'This recovery code is unknown or was used already.',
    'error.recovery-code-wrong.advice': 'Type another code of your list, or contact support.',
    'error.recovery-over.title': 'This request is no longer open',
    'error.recovery-over.text': 'The request has expired, is finished, or was opened in another browser.',
    'error.recovery-over.advice': 'Start again from the forgotten password page.',
  },
} as const satisfies Texts;
