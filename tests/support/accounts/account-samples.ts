import { inWords } from '../../../src/accounts/outcomes.ts';
import type { Sample } from '../pages/page-samples.ts';

const NAVIGATION = [
  { href: '/compte', label: 'Identité', current: true },
  { href: '/compte/coordonnees', label: 'Coordonnées', current: false },
];

const page = (view: string, titleKey: string, locals: Sample['locals'] = () => ({}), name = view): Sample => ({
  name: `account-${name}`,
  view: `interactions/account/${view}.pug`,
  titleKey: `account.${titleKey}`,
  locals: (t) => ({ navigation: NAVIGATION, csrf: 'x', ...locals(t) }),
});

const WHEN = '24 novembre 2026 à 09:12';

/** The pages of a person's own account, in one state each. */
export const ACCOUNT_SAMPLES: readonly Sample[] = [
  page('overview', 'title', () => ({
    name: 'Marie Durand',
    done: "C'est fait.",
    facts: [{ label: 'Nom', value: 'Marie Durand', source: 'Enregistré dans votre compte' }],
  })),
  page('contact', 'contact.title', () => ({
    email: 'marie.durand@hopital.example',
    emailVerified: true,
    phone: undefined,
    phoneVerified: false,
    values: { email: '', phone: '' },
  })),
  page(
    'contact',
    'contact.title',
    (t) => ({
      phone: '+33612345678',
      phoneVerified: false,
      values: { email: 'x', phone: '' },
      errors: [{ field: 'email', text: t('error.field-invalid.text') }],
    }),
    'contact-missing',
  ),
  page('code', 'contact.code-title', () => ({
    channel: 'sms',
    destination: '+33612345678',
    step: 'x',
    expiresInMinutes: 5,
    resendInSeconds: 20,
  })),
  page(
    'code',
    'contact.code-title',
    () => ({
      channel: 'mail',
      destination: 'marie@ailleurs.example',
      trouble: 'wrong-address',
      step: 'x',
      expiresInMinutes: 5,
      resendInSeconds: 20,
    }),
    'code-undelivered',
  ),
  page('password', 'password.title', () => ({ login: 'mdurand' })),
  page('ways', 'ways.title', () => ({
    passwordSince: WHEN,
    passkeys: [
      { id: '1', name: 'Téléphone', synced: true, suspended: false, added: WHEN, used: WHEN },
      { id: '2', name: 'Clé USB', synced: false, suspended: true, added: WHEN },
    ],
    authenticatorSince: WHEN,
    codesLeft: 3,
    tellsEach: true,
    identities: [{ id: 'x', what: 'Répertoire national', since: WHEN }],
    seconds: [
      { id: 'app', detail: '', checked: true },
      { id: 'mail', detail: 'm•••••@hopital.example', checked: false },
    ],
  })),
  page(
    'ways',
    'ways.title',
    () => ({ identities: [], passwordSince: undefined, passkeys: [], codesLeft: 0, tellsEach: false, seconds: [] }),
    'ways-empty',
  ),
  page('passkey', 'passkey.title'),
  page('passkey-one', 'passkey.one', () => ({ passkey: 'x', name: 'Téléphone', suspended: true })),
  page('authenticator', 'authenticator.title', () => ({
    id: 'x',
    qr: { size: 25, path: 'M0 0h1v1h-1z' },
    seed: 'JBSW Y3DP',
  })),
  page('codes-question', 'codes.title'),
  page('codes', 'codes.title', () => ({ codes: ['K7Q2X-9XMPA', 'ABCDE-FGHJK'] })),
  page('devices', 'devices.title', () => ({
    desktops: [{ id: 'ab', name: 'Poste de soins 3', place: 'CHU des Trois Vallées, Annecy', since: WHEN, used: WHEN }],
    sessions: [true, false].map((mine) => ({
      hash: 'ab',
      mine,
      browser: 'Firefox, Windows',
      place: 'CHU des Trois Vallées, Annecy',
      since: WHEN,
      mode: 'PSC',
      applications: ['ROR', 'Cerveau'],
    })),
  })),
  page('applications', 'applications.title', () => ({
    consents: [{ clientId: 'x', name: 'Téléconseil', since: WHEN, scopes: ['Votre nom'] }],
    used: [{ name: 'ROR', at: WHEN }],
  })),
  page('applications', 'applications.title', () => ({ consents: [], used: [] }), 'applications-empty'),
  page('history', 'history.title', () => ({
    closed: [{ mode: 'cps', label: 'Carte CPS', at: WHEN }],
    signIns: [true, false].map((mine) => ({
      id: String(mine),
      mine,
      when: WHEN,
      application: 'ROR',
      mode: 'PSC',
      level: 'Élevé',
      place: 'CHU des Trois Vallées, Annecy',
      browser: 'Firefox, Windows',
    })),
  })),
  page('not-me', 'not-me.title', (t) => ({
    id: 'x',
    when: WHEN,
    mode: 'PSC',
    what: t('account.not-me.door'),
  })),
  page('data', 'data.title', () => ({
    parts: [{ title: 'Compte', rows: [{ name: 'login', value: 'mdurand' }] }],
    lists: [{ title: 'Connexions', lines: [['at : hier', 'mode : psc']] }],
  })),
  page('closing', 'closing.title', () => ({ days: 30 })),
  page('closed', 'closed.title'),
  page('undo', 'undo.title'),
  page('undone', 'undone.title'),
  page('taken-back', 'taken-back.title', () => ({ outcomes: inWords(['mail-back', 'passkeys-gone'], 'fr') })),
  page('identity', 'identity.title', (t) => ({
    id: 'x',
    what: t('account.identity.national'),
    endsHere: true,
    failure: { text: t('error.identity-last.text'), advice: t('error.identity-last.advice') },
  })),
];
