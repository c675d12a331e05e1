import { told } from './account-notices.ts';
import type { NoticeTemplate } from './templates.ts';

/** What a person is told about who signs in to their account, or tries. */
export const signInTemplates = {
  'new-browser': told(
    {
      fr: {
        subject: 'Connexion depuis un nouveau navigateur',
        lines: [
          'Votre compte vient d’être utilisé depuis un navigateur que nous ne connaissions pas.',
          'Quand : {when}. Application : {application}. Mode : {mode}.',
        ],
      },
      en: {
        subject: 'Sign-in from a new browser',
        lines: [
          'Your account has just been used from a browser that we did not know.',
          'When: {when}. Application: {application}. Way: {mode}.',
        ],
      },
    },
    'history',
  ),
  'new-browsers': told(
    {
      fr: {
        subject: 'Connexions depuis plusieurs nouveaux navigateurs',
        lines: [
          'Le {when}, votre compte venait d’être utilisé depuis plusieurs navigateurs que nous ne connaissions pas.',
          'Nous n’écrirons pas à chaque fois pendant une heure : la liste complète est dans votre compte.',
        ],
      },
      en: {
        subject: 'Sign-ins from several new browsers',
        lines: [
          'On {when}, your account had just been used from several browsers that we did not know.',
          'We will not write each time for an hour: the whole list is in your account.',
        ],
      },
    },
    'history',
  ),
  'somebody-tries': told({
    fr: {
      subject: 'Quelqu’un essaie d’ouvrir votre compte',
      lines: [
        'Le {when}, trop de mots de passe ou de codes avaient été essayés sur votre compte. Aucun de ceux-là ne l’a ouvert.',
        'Les navigateurs où vous vous êtes connecté avec deux facteurs, votre carte et Pro Santé Connect ouvrent toujours votre compte.',
        'Ailleurs, attendez demain ou appelez l’assistance. Si c’était vous, il n’y a rien à faire.',
      ],
    },
    en: {
      subject: 'Somebody tries to open your account',
      lines: [
        'On {when}, too many passwords or codes had been tried on your account. None of those opened it.',
        'Browsers in which you signed in with two factors, your card and Pro Santé Connect still open your account.',
        'Elsewhere, wait until tomorrow or call support. If it was you, there is nothing to do.',
      ],
    },
  }),
  'signed-in': told(
    {
      fr: {
        subject: 'Connexion à votre compte',
        lines: [
          'Quand : {when}. Application : {application}. Mode : {mode}.',
          'Vous recevez ce message à chaque connexion parce que vous l’avez demandé.',
        ],
      },
      en: {
        subject: 'Sign-in to your account',
        lines: [
          'When: {when}. Application: {application}. Way: {mode}.',
          'You receive this message at each sign-in because you asked for it.',
        ],
      },
    },
    'history',
  ),
} as const satisfies Readonly<Record<string, NoticeTemplate>>;
