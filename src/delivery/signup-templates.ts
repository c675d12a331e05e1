import type { NoticeTemplate } from './templates.ts';

/** What a first sign-in tells by mail. */
export const signupTemplates = {
  'sign-up-mail-used': {
    fr: {
      subject: 'Votre adresse a servi à une inscription – {platform}',
      lines: [
        'Quelqu’un a voulu créer un compte avec cette adresse sur {platform}. Elle est déjà celle de votre compte : aucun autre n’a été créé.',
        'C’était vous ? Revenez à la page d’inscription et choisissez « J’ai déjà un compte ».',
        'Ce n’était pas vous ? Vous n’avez rien à faire.',
      ],
    },
    en: {
      subject: 'Your address was used to sign up – {platform}',
      lines: [
        'Somebody tried to create an account with this address on {platform}. It is already that of your account: no other was created.',
        'Was it you? Go back to the sign-up page and choose “I already have an account”.',
        'Was it not you? There is nothing to do.',
      ],
    },
  },
  'identity-linked': {
    fr: {
      subject: 'Un nouveau moyen de vous connecter – {platform}',
      lines: [
        'Votre compte est maintenant rattaché à votre carte ou à votre e-CPS : vous pouvez vous connecter avec elle.',
        'Ce n’était pas vous ? Changez votre mot de passe et prévenez l’assistance tout de suite.',
      ],
    },
    en: {
      subject: 'A new way for you to sign in – {platform}',
      lines: [
        'Your account is now joined to your card or e-CPS: you can sign in with it.',
        'It was not you? Change your password and tell support at once.',
      ],
    },
  },
} as const satisfies Readonly<Record<string, NoticeTemplate>>;
