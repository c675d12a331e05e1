import { DATED, OWN_PAGES } from './account-notices.ts';
import type { NoticeTemplate } from './templates.ts';

/** What a first sign-in tells by mail. */
export const signupTemplates = {
  invitation: {
    fr: {
      subject: 'Créez votre compte – {platform}',
      lines: [
        '{by} vous invite à créer votre compte sur {platform}.',
        'Ce lien est pour vous seul. Il est valable {days} jours et ne sert qu’une fois :',
      ],
      link: { label: 'Créer mon compte', href: '{link}' },
      after: ['Vous n’attendiez pas cette invitation ? Ignorez ce message : sans le lien, rien ne se passe.'],
    },
    en: {
      subject: 'Create your account – {platform}',
      lines: [
        '{by} invites you to create your account on {platform}.',
        'This link is for you alone. It is good for {days} days and works once:',
      ],
      link: { label: 'Create my account', href: '{link}' },
      after: ['You did not expect this invitation? Ignore this message: without the link nothing happens.'],
    },
  },
  'sign-up-mail-used': {
    fr: {
      subject: 'Votre adresse a servi à une inscription – {platform}',
      lines: [
        'Quelqu’un a voulu créer un compte avec cette adresse sur {platform}. Elle est déjà celle de votre compte : aucun autre n’a été créé.',
        DATED.fr,
        'C’était vous ? Connectez-vous avec ce compte ; par carte ou e-CPS, choisissez « J’ai déjà un compte » à l’inscription.',
        'Ce n’était pas vous ? Vous n’avez rien à faire.',
      ],
      link: OWN_PAGES.signIn.fr,
    },
    en: {
      subject: 'Your address was used to sign up – {platform}',
      lines: [
        'Somebody tried to create an account with this address on {platform}. It is already that of your account: no other was created.',
        DATED.en,
        'Was it you? Sign in with that account; by card or e-CPS, choose “I already have an account” when signing up.',
        'Was it not you? There is nothing to do.',
      ],
      link: OWN_PAGES.signIn.en,
    },
  },
} as const satisfies Readonly<Record<string, NoticeTemplate>>;
