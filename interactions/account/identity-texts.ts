import type { Texts } from '../layout/texts.ts';

/** Cards and directories that open an account, on its pages; and an account that was taken back. */
export const identityTexts = {
  fr: {
    'account.ways.identities': 'Cartes et identités rattachées',
    'account.ways.no-identity': 'Aucune.',
    'account.ways.identity-manage': 'Détacher : {what}',
    'account.identity.title': 'Détacher une identité',
    'account.identity.national': 'Répertoire national (carte CPS, Pro Santé Connect)',
    'account.identity.structure': 'Annuaire d’un établissement (Compte local)',
    'account.identity.since.sign-up': 'Depuis votre inscription, le {since}',
    'account.identity.since.owner': 'Rattachée par « J’ai déjà un compte », le {since}',
    'account.identity.since.register': 'Rattachée par le répertoire national, le {since}',
    'account.identity.since.help-desk': 'Rattachée avec l’accord de l’assistance, le {since}',
    'account.identity.since.import': 'Reprise avec votre compte, le {since}',
    'account.identity.since.unknown': 'Rattachée le {since}',
    'account.identity.what':
      'Elle n’ouvrira plus votre compte, et vos autres sessions seront fermées. La profession qu’elle seule garantissait n’y figurera plus. Un message vous donnera 72 heures pour changer d’avis.',
    'account.identity.ends-here': 'Elle a ouvert cette session, qui sera fermée aussi.',
    'account.identity.remove': 'Détacher',
    'account.done.identity-removed': "C'est fait : cette identité n'ouvre plus votre compte.",
    'account.taken-back.title': 'Votre compte est repris',
    'account.taken-back.lead':
      'Voici ce qui a été fait. Toutes les sessions sont fermées, et les codes et demandes en cours ne servent plus.',
    'account.taken-back.earlier':
      'Ce qui avait été changé plus tôt est resté. Si cela non plus n’était pas de vous, annulez-le par le message qui l’annonçait.',
  },
  en: {
    'account.ways.identities': 'Cards and identities joined to your account',
    'account.ways.no-identity': 'None.',
    'account.ways.identity-manage': 'Take away: {what}',
    'account.identity.title': 'Take an identity away',
    'account.identity.national': 'National register (CPS card, Pro Santé Connect)',
    'account.identity.structure': 'Directory of a structure (Compte local)',
    'account.identity.since.sign-up': 'Since you signed up, on {since}',
    'account.identity.since.owner': 'Joined by “I already have an account”, on {since}',
    'account.identity.since.register': 'Joined by the national register, on {since}',
    'account.identity.since.help-desk': 'Joined with the agreement of support, on {since}',
    'account.identity.since.import': 'Taken over with your account, on {since}',
    'account.identity.since.unknown': 'Joined on {since}',
    'account.identity.what':
      'It will no longer open your account, and your other sessions will end. The profession that it alone vouched for will not stand there any more. A message will give you 72 hours to change your mind.',
    'account.identity.ends-here': 'It opened this session, which will end too.',
    'account.identity.remove': 'Take it away',
    'account.done.identity-removed': 'Done: this identity no longer opens your account.',
    'account.taken-back.title': 'Your account is taken back',
    'account.taken-back.lead':
      'This is what was done. All sessions have ended, and codes and requests under way no longer work.',
    'account.taken-back.earlier':
      'What was changed earlier has stayed. If that was not you either, undo it by the message that told of it.',
  },
} as const satisfies Texts;
