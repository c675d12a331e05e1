import type { Texts } from '../layout/texts.ts';

/** What every page that asks for a passkey may have to say. */
export const texts = {
  fr: {
    'passkey.needs-script':
      "Une clé d'accès a besoin de JavaScript, que votre navigateur a désactivé. Les autres moyens fonctionnent sans lui.",
    'passkey.unsupported': "Ce navigateur ne connaît pas les clés d'accès. Choisissez un autre moyen.",
    'passkey.failed': "La clé d'accès n'a pas répondu, ou vous avez annulé. Vous pouvez recommencer.",
    'passkey.second': "Utiliser ma clé d'accès",
  },
  en: {
    'passkey.needs-script':
      'A passkey needs JavaScript, which your browser has turned off. The other ways work without it.',
    'passkey.unsupported': 'This browser does not know passkeys. Choose another way.',
    'passkey.failed': 'The passkey did not answer, or you cancelled. You can try again.',
    'passkey.second': 'Use my passkey',
  },
} as const satisfies Texts;
