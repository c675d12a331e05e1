import type { Texts } from '../layout/texts.ts';

/** What may go wrong in a first sign-in. Part of the texts of errors. */
export const signupErrorTexts = {
  fr: {
    'error.invitation-over.title': 'Cette invitation n’est plus valable',
    'error.invitation-over.text': 'Le lien a déjà servi, a expiré, ou n’est pas complet.',
    'error.invitation-over.advice':
      'Si vous avez déjà créé votre compte, connectez-vous avec votre identifiant. Sinon, demandez une nouvelle invitation à qui vous l’a envoyée.',
    'error.sign-up-expired.title': 'Cette inscription n’est plus ouverte',
    'error.sign-up-expired.text': 'La page a expiré, ou elle a été ouverte dans un autre navigateur.',
    'error.sign-up-expired.advice':
      'Retournez dans l’application et cliquez à nouveau sur « Se connecter ». Ce que vous aviez déjà vérifié, adresse mail ou téléphone, est gardé un jour : rien ne vous sera redemandé.',
    'error.account-other-identity.title': 'Ce compte est celui de quelqu’un d’autre',
    'error.account-other-identity.text': 'Ce compte est déjà rattaché à un autre numéro national que le vôtre.',
    'error.account-other-identity.advice':
      'Si c’est bien votre compte, contactez l’assistance. Sinon, revenez à l’inscription pour créer le vôtre.',
    'error.identity-needs-decision.title': 'L’assistance doit vérifier ce rattachement',
    'error.identity-needs-decision.text':
      'Le nom qui vient de nous être donné n’est pas celui du compte. Rien n’est rattaché ; la demande est transmise à l’assistance.',
    'error.identity-needs-decision.advice':
      'Contactez l’assistance avec le code ci-dessous. Une fois la demande acceptée, reconnectez-vous de la même façon.',
  },
  en: {
    'error.invitation-over.title': 'This invitation is no longer valid',
    'error.invitation-over.text': 'The link was used already, has expired, or is not complete.',
    'error.invitation-over.advice':
      'If you have created your account already, sign in with your username. If not, ask for a new invitation from whoever sent it.',
    'error.sign-up-expired.title': 'This sign-up is no longer open',
    'error.sign-up-expired.text': 'The page has expired, or it was opened in another browser.',
    'error.sign-up-expired.advice':
      'Go back to the application and choose “Sign in” again. What you had verified already, e-mail address or phone, is kept for a day: it will not be asked again.',
    'error.account-other-identity.title': 'This account is somebody else’s',
    'error.account-other-identity.text': 'This account is already joined to another national number than yours.',
    'error.account-other-identity.advice':
      'If it really is your account, contact support. If not, go back to the sign-up to create yours.',
    'error.identity-needs-decision.title': 'Support must check this',
    'error.identity-needs-decision.text':
      'The name that we have just been given is not that of the account. Nothing was joined; the request is with support.',
    'error.identity-needs-decision.advice':
      'Contact support with the code below. Once the request is accepted, sign in again in the same way.',
  },
} as const satisfies Texts;
