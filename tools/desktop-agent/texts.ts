/** What the agent says, in French then in English. `{name}` stands for a value. */
const texts = {
  fr: {
    'sign-in': 'Ouvrez cette adresse dans votre navigateur pour vous connecter :\n  {url}',
    'sign-in-device': 'Sur un autre appareil, ouvrez {url} et saisissez ce code : {code}',
    'signed-in': 'Connecté : {name} ({acr}). Cet appareil : {device}. La session se termine à {until}.',
    'sign-in-failed': "La connexion n'a pas abouti : {reason}",
    ready:
      'Cliquez sur « Se connecter avec MonSisra » dans votre navigateur, ou saisissez ici le code à six caractères.\nCommandes : renforcer, deconnexion, quitter.',
    'no-loopback': "Le port {port} n'est pas libre : saisissez le code affiché par le navigateur.",
    'request.title': '── Demande de connexion ──',
    'request.application': 'Application : {name}',
    'request.from': 'Demandée à {at}, depuis {from} ; ce poste : {here}',
    'request.browser': 'Navigateur : {browser}',
    'request.other-network':
      "Attention : la demande ne vient pas du réseau de ce poste. Si vous n'êtes pas devant la page, refusez.",
    'request.message': 'Message : {message}',
    'request.number': 'Quel nombre affiche le navigateur ? {choices} (« r » pour refuser)',
    'request.confirm': '« o » pour approuver, « r » pour refuser',
    approved: 'Approuvé.',
    refused: 'Refusé.',
    failed: '{message} (code {code}, assistance {support})',
    'too-weak': 'Tapez « renforcer » pour reprendre la connexion de cet appareil avec un second facteur.',
    'signed-out': 'Déconnecté.',
    unknown: 'Commande inconnue.',
    'close-page': 'MonSisra est connecté. Vous pouvez fermer cette page.',
    'nothing-asked': 'Aucune demande en cours.',
    'not-found': 'Aucun agent ne répond sur le port {port}.',
  },
  en: {
    'sign-in': 'Open this address in your browser to sign in:\n  {url}',
    'sign-in-device': 'On another device, open {url} and type this code: {code}',
    'signed-in': 'Signed in: {name} ({acr}). This device: {device}. The session ends at {until}.',
    'sign-in-failed': 'The sign-in did not succeed: {reason}',
    ready:
      'Choose “Sign in with MonSisra” in your browser, or type the six-character code here.\nCommands: step-up, sign-out, quit.',
    'no-loopback': 'Port {port} is taken: type the code that the browser shows.',
    'request.title': '── Sign-in request ──',
    'request.application': 'Application: {name}',
    'request.from': 'Asked at {at}, from {from}; this computer: {here}',
    'request.browser': 'Browser: {browser}',
    'request.other-network':
      'Careful: the request does not come from the network of this computer. If you are not in front of the page, refuse.',
    'request.message': 'Message: {message}',
    'request.number': 'Which number does the browser show? {choices} (“r” to refuse)',
    'request.confirm': '“y” to approve, “r” to refuse',
    approved: 'Approved.',
    refused: 'Refused.',
    failed: '{message} (code {code}, support {support})',
    'too-weak': 'Type “step-up” to sign this device in again with a second factor.',
    'signed-out': 'Signed out.',
    unknown: 'Unknown command.',
    'close-page': 'MonSisra is signed in. You may close this page.',
    'nothing-asked': 'No request is open.',
    'not-found': 'No agent answers on port {port}.',
  },
} as const;

export type AgentText = keyof typeof texts.fr;
export type Say = (key: AgentText, values?: Readonly<Record<string, string | number>>) => string;

export const sayIn =
  (lang: 'fr' | 'en'): Say =>
  (key, values = {}) =>
    texts[lang][key].replace(/\{(\w+)\}/g, (_, name: string) => String(values[name] ?? ''));
