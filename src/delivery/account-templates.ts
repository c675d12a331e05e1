import type { NoticeTemplate } from './templates.ts';

const NOT_YOU = {
  fr: 'Ce n’était pas vous ? Ouvrez {account} et prévenez l’assistance.',
  en: 'It was not you? Open {account} and tell support.',
};

/** What a person is told about their own account. */
export const accountTemplates = {
  'password-changed': {
    fr: {
      subject: 'Votre mot de passe a changé – {platform}',
      lines: [
        'Le mot de passe de votre compte a été changé le {when}.',
        'Vos autres sessions ont été fermées.',
        NOT_YOU.fr,
      ],
    },
    en: {
      subject: 'Your password has changed – {platform}',
      lines: ['The password of your account was changed on {when}.', 'Your other sessions were closed.', NOT_YOU.en],
    },
  },
} as const satisfies Readonly<Record<string, NoticeTemplate>>;
