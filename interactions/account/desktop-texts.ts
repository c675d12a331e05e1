import type { Texts } from '../layout/texts.ts';

/** The desktop applications of an account. */
export const desktopTexts = {
  fr: {
    'account.desktops.title': 'Applications bureau',
    'account.desktops.lead':
      'Ces ordinateurs peuvent vous connecter avec MonSisra. Retirez ceux que vous ne reconnaissez pas : tout ce qu’ils ont ouvert se ferme.',
    'account.desktops.since': 'Ajoutée le',
    'account.desktops.used': 'Dernière connexion',
    'account.desktops.name': "Nom de l'appareil",
    'account.desktops.rename': 'Renommer',
    'account.desktops.remove': 'Retirer cet appareil',
    'account.desktops.remove-one': 'Retirer cet appareil : {name}',
    'account.done.desktop-renamed': "L'appareil est renommé.",
    'account.done.desktop-removed':
      "L'appareil est retiré : il ne peut plus vous connecter, et vos autres sessions sont fermées.",
  },
  en: {
    'account.desktops.title': 'Desktop applications',
    'account.desktops.lead':
      'These computers can sign you in with MonSisra. Remove those that you do not recognise: all that they opened ends.',
    'account.desktops.since': 'Added on',
    'account.desktops.used': 'Last signed in',
    'account.desktops.name': 'Name of the device',
    'account.desktops.rename': 'Rename',
    'account.desktops.remove': 'Remove this device',
    'account.desktops.remove-one': 'Remove this device: {name}',
    'account.done.desktop-renamed': 'The device has its new name.',
    'account.done.desktop-removed':
      'The device is removed: it cannot sign you in any more, and your other sessions are ended.',
  },
} as const satisfies Texts;
