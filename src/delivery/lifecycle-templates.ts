import { OWN_PAGES, TO_SUPPORT } from './account-notices.ts';
import type { NoticeTemplate } from './templates.ts';

/** What the years do to an account, told. */
export const lifecycleTemplates = {
  'mail-recheck': {
    fr: {
      subject: 'Cette adresse est-elle toujours la vôtre ? – {platform}',
      lines: [
        'Depuis un an, aucun code envoyé à cette adresse ne nous est revenu.',
        'Connectez-vous par Code Éphémère, ou confirmez-la dans votre compte, sous 30 jours. Ensuite, plus aucun code n’y sera envoyé.',
        'Compte : {who}. Message du {when}.',
      ],
      link: OWN_PAGES.contact.fr,
    },
    en: {
      subject: 'Is this address still yours? – {platform}',
      lines: [
        'For a year no code sent to this address has come back to us.',
        'Sign in by one-time code, or confirm it in your account, within 30 days. After that no code will be sent there.',
        'Account: {who}. Message of {when}.',
      ],
      link: OWN_PAGES.contact.en,
    },
  },
  'idle-warning': {
    fr: {
      subject: 'Votre compte ne sert plus – {platform}',
      lines: [
        'Vous ne vous êtes pas connecté depuis longtemps. Sans connexion, votre compte sera suspendu.',
        'Pour le garder, connectez-vous.',
        'Compte : {who}. Message du {when}.',
      ],
      link: OWN_PAGES.signIn.fr,
    },
    en: {
      subject: 'Your account is no longer used – {platform}',
      lines: [
        'You have not signed in for a long time. Without a sign-in your account will be put on hold.',
        'To keep it, sign in.',
        'Account: {who}. Message of {when}.',
      ],
      link: OWN_PAGES.signIn.en,
    },
  },
  'idle-suspended': {
    fr: {
      subject: 'Votre compte est suspendu – {platform}',
      lines: [
        'Faute de connexion, votre compte a été suspendu le {when}. L’assistance peut le rouvrir.',
        'Compte : {who}.',
      ],
      link: TO_SUPPORT.fr,
    },
    en: {
      subject: 'Your account is on hold – {platform}',
      lines: [
        'For want of a sign-in, your account was put on hold on {when}. Support can open it again.',
        'Account: {who}.',
      ],
      link: TO_SUPPORT.en,
    },
  },
} as const satisfies Readonly<Record<string, NoticeTemplate>>;
