import type { Texts } from '../layout/texts.ts';

/** Why a card opens nothing, in one sentence, and what to try. Part of the texts of errors. */
export const cardTexts = {
  fr: {
    'error.card-no-certificate.title': "Aucune carte n'a été lue",
    'error.card-no-certificate.text': "Aucune carte n'a été lue.",
    'error.card-no-certificate.advice':
      'Insérez votre carte dans le lecteur, fermez toutes les fenêtres du navigateur puis recommencez : il retient votre refus ou votre choix précédent.',
    'error.card-unreadable.title': 'Carte illisible',
    'error.card-unreadable.text': "Le certificat présenté n'a pas pu être lu.",
    'error.card-unreadable.advice':
      "Retirez la carte, réinsérez-la et choisissez le certificat d'authentification de votre carte CPS. Si cela se reproduit, contactez l'assistance.",
    'error.card-wrong-ca.title': "Ce certificat ne vient pas d'une carte CPS",
    'error.card-wrong-ca.text': "Le certificat choisi n'a pas été délivré par l'autorité des cartes CPS.",
    'error.card-wrong-ca.advice':
      'Fermez toutes les fenêtres du navigateur, recommencez et choisissez le certificat de votre carte CPS.',
    'error.card-expired.title': 'Carte expirée',
    'error.card-expired.text': 'Votre carte CPS a expiré.',
    'error.card-expired.advice':
      "Utilisez la nouvelle carte que l'Agence du numérique en santé vous a envoyée, ou choisissez un autre mode de connexion.",
    'error.card-not-yet-valid.title': 'Carte pas encore valable',
    'error.card-not-yet-valid.text': "Votre carte CPS n'est pas encore valable.",
    'error.card-not-yet-valid.advice':
      'Utilisez votre carte actuelle, ou attendez la date de début inscrite dans le courrier de la nouvelle.',
    'error.card-revoked.title': 'Carte mise en opposition',
    'error.card-revoked.text': 'Cette carte CPS a été mise en opposition : elle ne peut plus servir.',
    'error.card-revoked.advice':
      "Utilisez votre nouvelle carte, ou choisissez un autre mode de connexion. Si vous n'avez pas fait opposition, contactez l'assistance.",
    'error.card-revocation-unknown.title': 'La carte ne peut pas être vérifiée pour le moment',
    'error.card-revocation-unknown.text': "Nous ne pouvons pas vérifier que votre carte n'est pas en opposition.",
    'error.card-revocation-unknown.advice':
      "Ce n'est pas votre faute. Réessayez dans quelques minutes, ou choisissez un autre mode de connexion.",
    'error.card-signature-certificate.title': 'Certificat de signature',
    'error.card-signature-certificate.text':
      "Vous avez choisi le certificat de signature de votre carte : il ne permet pas de s'authentifier.",
    'error.card-signature-certificate.advice':
      "Fermez toutes les fenêtres du navigateur, recommencez et choisissez l'autre certificat de votre carte.",
    'error.card-wrong-usage.title': "Ce certificat n'est pas fait pour s'authentifier",
    'error.card-wrong-usage.text': "Le certificat choisi n'est pas un certificat d'authentification.",
    'error.card-wrong-usage.advice':
      "Fermez toutes les fenêtres du navigateur, recommencez et choisissez le certificat d'authentification de votre carte CPS.",
    'error.card-card-type.title': "Ce type de carte n'est pas accepté",
    'error.card-card-type.text': "Ce type de carte n'est pas accepté ici.",
    'error.card-card-type.advice': 'Utilisez une carte CPS de professionnel de santé, ou un autre mode de connexion.',
    'error.card-pseudonym.title': 'Carte sans nom',
    'error.card-pseudonym.text': "Cette carte ne porte pas votre nom : elle n'ouvre aucun compte personnel.",
    'error.card-pseudonym.advice': 'Utilisez votre carte CPS personnelle, ou choisissez un autre mode de connexion.',
    'error.card-handover.title': "Cette lecture de carte n'est plus attendue",
    'error.card-handover.text': 'La page a expiré, ou la carte a déjà été lue.',
    'error.card-handover.advice': "Retournez dans l'application et recommencez la connexion.",
    'error.card-ticket.title': "La lecture de votre carte n'est plus valable",
    'error.card-ticket.text': "Elle a déjà servi, elle a plus d'une minute, ou elle vient d'un autre navigateur.",
    'error.card-ticket.advice': 'Revenez à la page de connexion et cliquez à nouveau sur « Se connecter ».',
  },
  en: {
    'error.card-no-certificate.title': 'No card was read',
    'error.card-no-certificate.text': 'No card was read.',
    'error.card-no-certificate.advice':
      'Insert your card in the reader, close every window of the browser and start again: it remembers your refusal or your earlier choice.',
    'error.card-unreadable.title': 'Unreadable card',
    'error.card-unreadable.text': 'The certificate that was presented could not be read.',
    'error.card-unreadable.advice':
      'Remove the card, insert it again and choose the authentication certificate of your CPS card. If it happens again, contact support.',
    'error.card-wrong-ca.title': 'This certificate is not that of a CPS card',
    'error.card-wrong-ca.text': 'The certificate you chose was not issued by the authority of CPS cards.',
    'error.card-wrong-ca.advice':
      'Close every window of the browser, start again and choose the certificate of your CPS card.',
    'error.card-expired.title': 'Expired card',
    'error.card-expired.text': 'Your CPS card has expired.',
    'error.card-expired.advice':
      'Use the new card that the Agence du numérique en santé sent you, or choose another way to sign in.',
    'error.card-not-yet-valid.title': 'Card not valid yet',
    'error.card-not-yet-valid.text': 'Your CPS card is not valid yet.',
    'error.card-not-yet-valid.advice':
      'Use your present card, or wait for the first day written in the letter that came with the new one.',
    'error.card-revoked.title': 'Revoked card',
    'error.card-revoked.text': 'This CPS card was revoked: it can no longer be used.',
    'error.card-revoked.advice':
      'Use your new card, or choose another way to sign in. If you did not have it revoked, contact support.',
    'error.card-revocation-unknown.title': 'The card cannot be checked at the moment',
    'error.card-revocation-unknown.text': 'We cannot check that your card has not been revoked.',
    'error.card-revocation-unknown.advice':
      'It is not your fault. Try again in a few minutes, or choose another way to sign in.',
    'error.card-signature-certificate.title': 'Signature certificate',
    'error.card-signature-certificate.text':
      'You chose the signature certificate of your card: it cannot be used to sign in.',
    'error.card-signature-certificate.advice':
      'Close every window of the browser, start again and choose the other certificate of your card.',
    'error.card-wrong-usage.title': 'This certificate is not meant for signing in',
    'error.card-wrong-usage.text': 'The certificate you chose is not an authentication certificate.',
    'error.card-wrong-usage.advice':
      'Close every window of the browser, start again and choose the authentication certificate of your CPS card.',
    'error.card-card-type.title': 'This type of card is not accepted',
    'error.card-card-type.text': 'This type of card is not accepted here.',
    'error.card-card-type.advice': 'Use the CPS card of a health professional, or another way to sign in.',
    'error.card-pseudonym.title': 'Card without a name',
    'error.card-pseudonym.text': 'This card does not bear your name: it opens no personal account.',
    'error.card-pseudonym.advice': 'Use your personal CPS card, or choose another way to sign in.',
    'error.card-handover.title': 'Nobody waits for this card any more',
    'error.card-handover.text': 'The page has expired, or the card has been read already.',
    'error.card-handover.advice': 'Go back to the application and start signing in again.',
    'error.card-ticket.title': 'The reading of your card is no longer valid',
    'error.card-ticket.text': 'It was used already, is over a minute old, or comes from another browser.',
    'error.card-ticket.advice': 'Go back to the sign-in page and choose “Sign in” again.',
  },
} as const satisfies Texts;
