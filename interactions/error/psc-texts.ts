import type { Texts } from '../layout/texts.ts';

const NOT_YOURS =
  "Ce n'est pas de votre fait. Réessayez dans quelques minutes, ou choisissez un autre mode de connexion.";
const REPORT =
  "Recommencez une fois. Si cela se reproduit, choisissez un autre mode de connexion et communiquez le code à l'assistance.";
const NOT_YOURS_EN = 'It is not your fault. Try again in a few minutes, or choose another way to sign in.';
const REPORT_EN = 'Try once more. If it happens again, choose another way to sign in and give the code to support.';

/** Why Pro Santé Connect opened nothing, and what to do: each has its own sentence. */
export const pscTexts = {
  fr: {
    'error.psc-unavailable.title': 'Pro Santé Connect ne répond pas',
    'error.psc-unavailable.text': 'Pro Santé Connect ne répond pas en ce moment.',
    'error.psc-unavailable.advice': NOT_YOURS,
    'error.psc-denied.title': 'Identification annulée',
    'error.psc-denied.text':
      "Vous avez annulé l'identification chez Pro Santé Connect, ou l'avez refusée sur votre téléphone.",
    'error.psc-denied.advice': 'Recommencez si ce n’était pas voulu, ou choisissez un autre mode de connexion.',
    'error.psc-error.title': 'Pro Santé Connect a refusé la demande',
    'error.psc-error.text': "Pro Santé Connect n'a pas pu traiter notre demande.",
    'error.psc-error.advice': REPORT,
    'error.psc-answer.title': "Cette réponse de Pro Santé Connect n'est plus attendue",
    'error.psc-answer.text': 'Elle a déjà servi, ou ne correspond pas à la demande qui a été faite depuis cette page.',
    'error.psc-answer.advice': 'Revenez à la page de connexion et cliquez à nouveau sur le bouton Pro Santé Connect.',
    'error.psc-exchange.title': "Pro Santé Connect n'a pas confirmé l'identification",
    'error.psc-exchange.text': "Pro Santé Connect n'a pas confirmé l'identification : elle a peut-être expiré.",
    'error.psc-exchange.advice': REPORT,
    'error.psc-token.title': 'La réponse de Pro Santé Connect est refusée',
    'error.psc-token.text':
      "Par sécurité, nous n'avons pas accepté la réponse de Pro Santé Connect : elle n'a pas pu être vérifiée.",
    'error.psc-token.advice': REPORT,
    'error.psc-clock.title': 'Une horloge est déréglée',
    'error.psc-clock.text': "L'heure de Pro Santé Connect et la nôtre ne concordent pas : sa réponse paraît périmée.",
    'error.psc-clock.advice': NOT_YOURS,
    'error.psc-stale.title': 'Identification trop ancienne',
    'error.psc-stale.text':
      "L'application demande que vous veniez de vous identifier, et Pro Santé Connect a répondu avec une identification plus ancienne.",
    'error.psc-stale.advice':
      'Déconnectez-vous de Pro Santé Connect puis recommencez, ou choisissez un autre mode de connexion.',
    'error.psc-level.title': 'Niveau inconnu',
    'error.psc-level.text': "Pro Santé Connect a annoncé un niveau d'identification que nous ne connaissons pas.",
    'error.psc-level.advice': REPORT,
    'error.psc-userinfo.title': 'Vos informations n’ont pas été reçues',
    'error.psc-userinfo.text':
      "Pro Santé Connect vous a identifié, mais n'a pas transmis vos informations, ou a transmis celles d'une autre personne.",
    'error.psc-userinfo.advice': REPORT,
    'error.psc-national-id.title': 'Identifiant national absent',
    'error.psc-national-id.text':
      "Pro Santé Connect n'a pas transmis d'identifiant national (RPPS ou ADELI) que nous puissions lire.",
    'error.psc-national-id.advice':
      "Choisissez un autre mode de connexion, et signalez-le à l'assistance avec le code.",
    'error.psc-national-id-changed.title': 'Deux identifiants nationaux différents',
    'error.psc-national-id-changed.text':
      'Pro Santé Connect a transmis deux identifiants nationaux différents : nous ne pouvons pas savoir qui vous êtes.',
    'error.psc-national-id-changed.advice':
      "Choisissez un autre mode de connexion, et signalez-le à l'assistance avec le code.",
    'error.upstream-state.title': 'Nous ne savons pas à quelle connexion cette réponse correspond',
    'error.upstream-state.text':
      "Le service d'identification vous a renvoyé ici avec une réponse que nous n'avons pas demandée.",
    'error.upstream-state.advice': "Retournez dans l'application et recommencez la connexion.",
  },
  en: {
    'error.psc-unavailable.title': 'Pro Santé Connect does not answer',
    'error.psc-unavailable.text': 'Pro Santé Connect does not answer at the moment.',
    'error.psc-unavailable.advice': NOT_YOURS_EN,
    'error.psc-denied.title': 'Identification cancelled',
    'error.psc-denied.text': 'You cancelled the identification at Pro Santé Connect, or refused it on your phone.',
    'error.psc-denied.advice': 'Start again if you did not mean to, or choose another way to sign in.',
    'error.psc-error.title': 'Pro Santé Connect refused the request',
    'error.psc-error.text': 'Pro Santé Connect could not handle our request.',
    'error.psc-error.advice': REPORT_EN,
    'error.psc-answer.title': 'This answer of Pro Santé Connect is no longer expected',
    'error.psc-answer.text': 'It was used already, or is not the answer to what was asked from this page.',
    'error.psc-answer.advice': 'Go back to the sign-in page and choose the Pro Santé Connect button again.',
    'error.psc-exchange.title': 'Pro Santé Connect did not confirm the identification',
    'error.psc-exchange.text': 'Pro Santé Connect did not confirm the identification: it may have expired.',
    'error.psc-exchange.advice': REPORT_EN,
    'error.psc-token.title': 'The answer of Pro Santé Connect is refused',
    'error.psc-token.text': 'By caution, we did not accept the answer of Pro Santé Connect: it could not be verified.',
    'error.psc-token.advice': REPORT_EN,
    'error.psc-clock.title': 'A clock is wrong',
    'error.psc-clock.text': 'The time at Pro Santé Connect and ours do not agree: its answer looks out of date.',
    'error.psc-clock.advice': NOT_YOURS_EN,
    'error.psc-stale.title': 'Identification too old',
    'error.psc-stale.text':
      'The application asks that you identify yourself now, and Pro Santé Connect answered with an older identification.',
    'error.psc-stale.advice': 'Sign out of Pro Santé Connect and start again, or choose another way to sign in.',
    'error.psc-level.title': 'Unknown level',
    'error.psc-level.text': 'Pro Santé Connect named a level of identification that we do not know.',
    'error.psc-level.advice': REPORT_EN,
    'error.psc-userinfo.title': 'Your information did not come',
    'error.psc-userinfo.text':
      'Pro Santé Connect identified you, but did not send your information, or sent that of somebody else.',
    'error.psc-userinfo.advice': REPORT_EN,
    'error.psc-national-id.title': 'No national identifier',
    'error.psc-national-id.text': 'Pro Santé Connect sent no national identifier (RPPS or ADELI) that we can read.',
    'error.psc-national-id.advice': 'Choose another way to sign in, and report it to support with the code.',
    'error.psc-national-id-changed.title': 'Two different national identifiers',
    'error.psc-national-id-changed.text':
      'Pro Santé Connect sent two different national identifiers: we cannot know who you are.',
    'error.psc-national-id-changed.advice': 'Choose another way to sign in, and report it to support with the code.',
    'error.upstream-state.title': 'We do not know which sign-in this answer belongs to',
    'error.upstream-state.text': 'The identification service sent you here with an answer that we did not ask for.',
    'error.upstream-state.advice': 'Go back to the application and start signing in again.',
  },
} as const satisfies Texts;
