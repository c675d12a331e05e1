import type { Texts } from '../layout/texts.ts';

export const texts = {
  fr: {
    'device.code.title': 'Connecter un appareil',
    'device.code.heading': 'Connecter un appareil',
    'device.code.explanation': 'Un appareil ou un logiciel vous a donné un code pour le connecter à votre compte.',
    'device.code.label': "Code affiché par l'appareil",
    'device.code.hint': "Saisissez-le comme il s'affiche, par exemple WDJB-MJHT.",
    'device.code.submit': 'Continuer',
    'device.code.unknown': "Ce code n'existe pas ou n'est plus valable. Demandez-en un nouveau à l'appareil.",
    'device.confirm.title': "Confirmer la connexion de l'appareil",
    'device.confirm.heading': 'Connecter {application} à votre compte ?',
    'device.confirm.explanation': "Ce code doit être celui que l'appareil affiche :",
    'device.confirm.warning':
      "Si vous n'avez rien demandé, ou si quelqu'un vous a envoyé ce code, refusez : il donnerait accès à votre compte.",
    'device.confirm.yes': "Connecter l'appareil",
    'device.confirm.no': 'Refuser',
    'device.done.title': "L'appareil est connecté",
    'device.done.heading': "C'est fait",
    'device.done.explanation': "L'appareil est connecté. Vous pouvez fermer cette page.",
    'device.done.application': '{application} est connecté. Vous pouvez fermer cette page.',
  },
  en: {
    'device.code.title': 'Connect a device',
    'device.code.heading': 'Connect a device',
    'device.code.explanation': 'A device or a program gave you a code to connect it to your account.',
    'device.code.label': 'Code shown by the device',
    'device.code.hint': 'Enter it as shown, for example WDJB-MJHT.',
    'device.code.submit': 'Continue',
    'device.code.unknown': 'This code does not exist or is no longer valid. Ask the device for a new one.',
    'device.confirm.title': 'Confirm the device',
    'device.confirm.heading': 'Connect {application} to your account?',
    'device.confirm.explanation': 'This code must be the one that the device shows:',
    'device.confirm.warning':
      'If you asked for nothing, or if somebody sent you this code, refuse: it would give access to your account.',
    'device.confirm.yes': 'Connect the device',
    'device.confirm.no': 'Refuse',
    'device.done.title': 'The device is connected',
    'device.done.heading': 'Done',
    'device.done.explanation': 'The device is connected. You can close this page.',
    'device.done.application': '{application} is connected. You can close this page.',
  },
} as const satisfies Texts;
