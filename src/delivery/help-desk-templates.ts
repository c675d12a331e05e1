import { CIRCUMSTANCES, DATED, OWN_PAGES, TO_SUPPORT } from './account-notices.ts';
import type { NoticeTemplate } from './templates.ts';

/** What a person is told of the help desk. */
export const helpDeskTemplates = {
  'help-desk-looked': {
    fr: {
      subject: 'L’assistance a consulté votre compte – {platform}',
      lines: [
        'Un agent de l’assistance a ouvert la fiche de votre compte le {when}.',
        CIRCUMSTANCES.fr,
        'Vous n’avez rien demandé ? Prévenez l’assistance.',
      ],
      link: OWN_PAGES.account.fr,
    },
    en: {
      subject: 'Support looked at your account – {platform}',
      lines: [
        'An agent of support opened the record of your account on {when}.',
        CIRCUMSTANCES.en,
        'You asked for nothing? Tell support.',
      ],
      link: OWN_PAGES.account.en,
    },
  },
  'help-desk-acted': {
    fr: {
      subject: 'L’assistance est intervenue sur votre compte – {platform}',
      lines: [
        'Le {when}, à la demande de l’assistance, {what}.',
        CIRCUMSTANCES.fr,
        'Vous n’avez rien demandé ? Prévenez l’assistance.',
      ],
      link: OWN_PAGES.account.fr,
    },
    en: {
      subject: 'Support acted on your account – {platform}',
      lines: [
        'On {when}, at the request of support, {what}.',
        CIRCUMSTANCES.en,
        'You asked for nothing? Tell support.',
      ],
      link: OWN_PAGES.account.en,
    },
  },
  'help-desk-recovery': {
    fr: {
      subject: 'Retrouver l’accès à votre compte – {platform}',
      lines: [
        'L’assistance a vérifié votre identité : cette adresse est maintenant celle de votre compte.',
        '{what}',
        DATED.fr,
        'Choisissez un nouveau mot de passe par « Mot de passe oublié », avec cette adresse : le code que vous y recevrez prouvera qu’elle est à vous.',
        'Vous n’avez rien demandé ? Prévenez l’assistance.',
      ],
      link: { label: 'Choisir un nouveau mot de passe', href: '{recovery}' },
    },
    en: {
      subject: 'Regain access to your account – {platform}',
      lines: [
        'Support checked who you are: this address is now that of your account.',
        '{what}',
        DATED.en,
        'Choose a new password by “Forgotten password”, with this address: the code that you receive there proves that it is yours.',
        'You asked for nothing? Tell support.',
      ],
      link: { label: 'Choose a new password', href: '{recovery}' },
    },
  },
  'help-desk-recovered': {
    fr: {
      subject: 'L’assistance a rendu l’accès à votre compte – {platform}',
      lines: [
        'Le {when}, deux agents de l’assistance ont rendu l’accès à votre compte à la personne qui le demandait. Les messages vont maintenant à {to}, et toutes les sessions ont été fermées.',
        CIRCUMSTANCES.fr,
        'Ce n’était pas vous ? Prévenez l’assistance tout de suite : ce message ne permet pas d’annuler.',
      ],
      link: TO_SUPPORT.fr,
    },
    en: {
      subject: 'Support gave back access to your account – {platform}',
      lines: [
        'On {when}, two agents of support gave access to your account back to the person who asked for it. Messages now go to {to}, and all sessions were ended.',
        CIRCUMSTANCES.en,
        'It was not you? Tell support at once: this message cannot undo it.',
      ],
      link: TO_SUPPORT.en,
    },
  },
} as const satisfies Readonly<Record<string, NoticeTemplate>>;
