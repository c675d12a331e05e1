import type { NoticeTemplate } from './templates.ts';

/** What a person is told about their desktop applications. */
export const desktopTemplates = {
  'device-added': {
    fr: {
      subject: 'Un nouvel appareil peut vous connecter – {platform}',
      lines: [
        'L’application bureau de l’appareil « {device} » a été ajoutée à votre compte le {when}.',
        'Elle peut approuver vos connexions.',
        'Ce n’était pas vous ? Retirez cet appareil ici : {account}, et prévenez l’assistance.',
      ],
    },
    en: {
      subject: 'A new device can sign you in – {platform}',
      lines: [
        'The desktop application of the device “{device}” was added to your account on {when}.',
        'It can approve your sign-ins.',
        'It was not you? Remove the device here: {account}, and tell support.',
      ],
    },
  },
} as const satisfies Readonly<Record<string, NoticeTemplate>>;
