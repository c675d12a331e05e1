import type { Texts } from '../layout/texts.ts';

/** The simulated desktop application of the sandbox. */
export const desktopTexts = {
  fr: {
    'sandbox.desktop': 'MonSisra simulé',
    'sandbox.desktop.detail': "L'application bureau, pour se connecter avec le mode MonSisra.",
    'desktop.title': 'MonSisra simulé',
    'desktop.simulated': 'Application bureau simulée',
    'desktop.signed-in': 'Connecté : {name} ({acr})',
    'desktop.device': 'Appareil : {name}. La session se termine à {until}.',
    'desktop.signed-out': "Vous n'êtes pas connecté à MonSisra.",
    'desktop.agent': 'La même application, dans un terminal :',
    'desktop.request': '{application} demande une connexion',
    'desktop.from': 'Demandée à {at}, depuis {from} ; ce poste : {here}',
    'desktop.other-network':
      "Attention : la demande ne vient pas du réseau de ce poste. Si vous n'êtes pas devant la page, refusez.",
    'desktop.number': 'Quel nombre affiche le navigateur ?',
    'desktop.approve': 'Approuver',
    'desktop.refuse': 'Refuser',
    'desktop.code': 'Code affiché par le navigateur',
    'desktop.code.hint': 'Six caractères, sur la page « MonSisra : approuvez la demande ».',
    'desktop.open': 'Voir la demande',
    'desktop.step-up': 'Renforcer la connexion',
  },
  en: {
    'sandbox.desktop': 'Simulated MonSisra',
    'sandbox.desktop.detail': 'The desktop application, for signing in with MonSisra.',
    'desktop.title': 'Simulated MonSisra',
    'desktop.simulated': 'Simulated desktop application',
    'desktop.signed-in': 'Signed in: {name} ({acr})',
    'desktop.device': 'Device: {name}. The session ends at {until}.',
    'desktop.signed-out': 'You are not signed in to MonSisra.',
    'desktop.agent': 'The same application, in a terminal:',
    'desktop.request': '{application} asks for a sign-in',
    'desktop.from': 'Asked at {at}, from {from}; this computer: {here}',
    'desktop.other-network':
      'Careful: the request does not come from the network of this computer. If you are not in front of the page, refuse.',
    'desktop.number': 'Which number does the browser show?',
    'desktop.approve': 'Approve',
    'desktop.refuse': 'Refuse',
    'desktop.code': 'Code shown by the browser',
    'desktop.code.hint': 'Six characters, on the page “MonSisra: approve the request”.',
    'desktop.open': 'See the request',
    'desktop.step-up': 'Sign in more strongly',
  },
} as const satisfies Texts;
