import { told } from './account-notices.ts';
import type { NoticeTemplate } from './templates.ts';

/** What a person is told about their desktop applications. */
export const desktopTemplates = {
  'device-added': told(
    {
      fr: {
        subject: 'Un nouvel appareil peut vous connecter',
        lines: [
          'L’application bureau de l’appareil « {device} » a été ajoutée à votre compte le {when}.',
          'Elle peut approuver vos connexions. Si vous ne la connaissez pas, retirez-la.',
        ],
      },
      en: {
        subject: 'A new device can sign you in',
        lines: [
          'The desktop application of the device “{device}” was added to your account on {when}.',
          'It can approve your sign-ins. If you do not know it, remove it.',
        ],
      },
    },
    'devices',
  ),
} as const satisfies Readonly<Record<string, NoticeTemplate>>;
