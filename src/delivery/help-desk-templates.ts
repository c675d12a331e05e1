import type { NoticeTemplate } from './templates.ts';

/** What a person is told of the help desk. */
export const helpDeskTemplates = {
  'help-desk-looked': {
    fr: {
      subject: 'L’assistance a consulté votre compte – {platform}',
      lines: [
        'Un agent de l’assistance a ouvert la fiche de votre compte le {when}.',
        'Vous n’avez rien demandé ? Prévenez l’assistance.',
      ],
    },
    en: {
      subject: 'Support looked at your account – {platform}',
      lines: [
        'An agent of support opened the record of your account on {when}.',
        'You asked for nothing? Tell support.',
      ],
    },
  },
  'help-desk-acted': {
    fr: {
      subject: 'L’assistance est intervenue sur votre compte – {platform}',
      lines: ['Le {when}, à la demande de l’assistance, {what}.', 'Vous n’avez rien demandé ? Prévenez l’assistance.'],
    },
    en: {
      subject: 'Support acted on your account – {platform}',
      lines: ['On {when}, at the request of support, {what}.', 'You asked for nothing? Tell support.'],
    },
  },
  'help-desk-recovery': {
    fr: {
      subject: 'Retrouver l’accès à votre compte – {platform}',
      lines: [
        'L’assistance a vérifié votre identité : cette adresse est maintenant celle de votre compte.',
        'Choisissez un nouveau mot de passe par « Mot de passe oublié », avec cette adresse.',
      ],
    },
    en: {
      subject: 'Regain access to your account – {platform}',
      lines: [
        'Support checked who you are: this address is now that of your account.',
        'Choose a new password by “Forgotten password”, with this address.',
      ],
    },
  },
} as const satisfies Readonly<Record<string, NoticeTemplate>>;
