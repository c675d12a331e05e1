import type { Texts } from '../layout/texts.ts';

/** What a request to the desktop application ends in, and what the application itself is refused. */
export const desktopTexts = {
  fr: {
    'error.desktop-expired.title': 'Demande expirée',
    'error.desktop-expired.text': "La demande n'a pas été approuvée à temps.",
    'error.desktop-expired.advice':
      'Vérifiez que MonSisra est ouvert et connecté sur ce poste, puis cliquez à nouveau sur « Se connecter avec MonSisra ».',
    'error.desktop-refused.title': 'Demande refusée',
    'error.desktop-refused.text': 'La demande a été refusée dans MonSisra.',
    'error.desktop-refused.advice':
      "Si ce n'était pas vous, prévenez l'assistance. Sinon recommencez, ou choisissez un autre mode.",
    'error.desktop-wrong-number.title': 'Le nombre choisi est faux',
    'error.desktop-wrong-number.text': "Le nombre choisi dans MonSisra n'est pas celui de la page de connexion.",
    'error.desktop-wrong-number.advice':
      "La demande est arrêtée. N'approuvez que si vous voyez vous-même la page ; recommencez depuis le navigateur.",
    'error.desktop-too-weak.title': "Votre connexion à MonSisra n'est pas assez sûre",
    'error.desktop-too-weak.text':
      'Cette application demande une connexion plus sûre que celle que vous avez dans MonSisra.',
    'error.desktop-too-weak.advice':
      'Choisissez un autre mode de connexion, par exemple Code Éphémère, ou reconnectez-vous à MonSisra avec un second facteur.',
    'error.desktop-too-old.title': 'Votre connexion à MonSisra est trop ancienne',
    'error.desktop-too-old.text':
      'Cette application demande une connexion plus récente que celle que vous avez dans MonSisra.',
    'error.desktop-too-old.advice': 'Choisissez un autre mode de connexion, ou reconnectez-vous à MonSisra.',
    'error.desktop-token.title': 'Application bureau non reconnue',
    'error.desktop-token.text': "L'application bureau n'est plus connectée.",
    'error.desktop-token.advice': "Connectez-vous à nouveau dans l'application bureau.",
    'error.desktop-proof.title': 'Preuve refusée',
    'error.desktop-proof.text': "La preuve envoyée par l'application bureau n'est pas valable, ou a déjà servi.",
    'error.desktop-proof.advice': "Vérifiez l'heure de votre poste, puis recommencez.",
    'error.desktop-session.title': 'Session de bureau terminée',
    'error.desktop-session.text': "La session de l'application bureau est terminée.",
    'error.desktop-session.advice': "Connectez-vous à nouveau dans l'application bureau.",
    'error.desktop-device-revoked.title': 'Appareil retiré',
    'error.desktop-device-revoked.text': 'Cet appareil a été retiré de votre compte.',
    'error.desktop-device-revoked.advice':
      "Si vous ne l'avez pas retiré vous-même, prévenez l'assistance. Sinon, réinstallez l'application bureau.",
    'error.desktop-from-desktop.title': "L'application bureau se connecte par elle-même",
    'error.desktop-from-desktop.text':
      "L'application bureau ne peut pas être connectée avec MonSisra depuis un autre appareil.",
    'error.desktop-from-desktop.advice': 'Connectez-la avec un autre mode, par exemple Code Éphémère.',
    'error.desktop-request.title': 'Demande introuvable',
    'error.desktop-request.text': "Cette demande n'existe pas, n'est pas pour vous, ou n'est plus ouverte.",
    'error.desktop-request.advice': 'Vérifiez le code affiché par le navigateur, ou recommencez depuis la page.',
  },
  en: {
    'error.desktop-expired.title': 'Request expired',
    'error.desktop-expired.text': 'The request was not approved in time.',
    'error.desktop-expired.advice':
      'Check that MonSisra is open and signed in on this computer, then choose “Sign in with MonSisra” again.',
    'error.desktop-refused.title': 'Request refused',
    'error.desktop-refused.text': 'The request was refused in MonSisra.',
    'error.desktop-refused.advice':
      'If it was not you, tell support. Otherwise start again, or choose another way to sign in.',
    'error.desktop-wrong-number.title': 'The number chosen is wrong',
    'error.desktop-wrong-number.text': 'The number chosen in MonSisra is not the one on the sign-in page.',
    'error.desktop-wrong-number.advice':
      'The request is stopped. Approve only if you see the page yourself; start again from the browser.',
    'error.desktop-too-weak.title': 'Your sign-in to MonSisra is not secure enough',
    'error.desktop-too-weak.text': 'This application asks for a stronger sign-in than the one you have in MonSisra.',
    'error.desktop-too-weak.advice':
      'Choose another way to sign in, such as a one-time code, or sign in to MonSisra again with a second factor.',
    'error.desktop-too-old.title': 'Your sign-in to MonSisra is too old',
    'error.desktop-too-old.text': 'This application asks for a more recent sign-in than the one you have in MonSisra.',
    'error.desktop-too-old.advice': 'Choose another way to sign in, or sign in to MonSisra again.',
    'error.desktop-token.title': 'Desktop application not recognised',
    'error.desktop-token.text': 'The desktop application is not signed in any more.',
    'error.desktop-token.advice': 'Sign in again in the desktop application.',
    'error.desktop-proof.title': 'Proof refused',
    'error.desktop-proof.text': 'The proof sent by the desktop application is not valid, or was used already.',
    'error.desktop-proof.advice': 'Check the time of your computer, then try again.',
    'error.desktop-session.title': 'Desktop session ended',
    'error.desktop-session.text': 'The session of the desktop application has ended.',
    'error.desktop-session.advice': 'Sign in again in the desktop application.',
    'error.desktop-device-revoked.title': 'Device removed',
    'error.desktop-device-revoked.text': 'This device was removed from your account.',
    'error.desktop-device-revoked.advice':
      'If you did not remove it yourself, tell support. Otherwise, install the desktop application again.',
    'error.desktop-from-desktop.title': 'The desktop application signs in by itself',
    'error.desktop-from-desktop.text': 'The desktop application cannot be signed in with MonSisra from another device.',
    'error.desktop-from-desktop.advice': 'Sign it in another way, such as a one-time code.',
    'error.desktop-request.title': 'Request not found',
    'error.desktop-request.text': 'This request does not exist, is not for you, or is not open any more.',
    'error.desktop-request.advice': 'Check the code that the browser shows, or start again from the page.',
  },
} as const satisfies Texts;
