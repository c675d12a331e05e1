import { APPLICATIONS, applicationSession, messages, personas } from '../accounts/sample-people.ts';
import { PSC_PAGES } from '../psc/psc-samples.ts';
import type { Sample } from './page-samples.ts';

/** The sandbox's own pages in their states. */
export const SANDBOX_SAMPLES: readonly Sample[] = [
  ...PSC_PAGES,
  {
    name: 'sandbox',
    view: 'interactions/sandbox/index.pug',
    titleKey: 'sandbox.title',
    locals: () => ({
      structures: [{ name: 'Hôpital fictif (LDAP)', staff: [{ story: 'Marie Durand', account: 'm.durand / x' }] }],
      applications: APPLICATIONS,
    }),
  },
  {
    name: 'sandbox-inbox',
    view: 'interactions/sandbox/inbox.pug',
    titleKey: 'inbox.title',
    locals: () => ({ messages }),
  },
  {
    name: 'sandbox-inbox-empty',
    view: 'interactions/sandbox/inbox.pug',
    titleKey: 'inbox.title',
    locals: () => ({ messages: [] }),
  },
  {
    name: 'sandbox-letters',
    view: 'interactions/sandbox/letters.pug',
    titleKey: 'letters.title',
    locals: () => ({
      mails: [{ subject: 'Votre code de connexion – Portail', href: '/sandbox/courriers/code-sign-in/fr' }],
      sms: [
        { text: '482915\nCode de connexion Portail', onePart: true, places: 32 },
        { text: '482915\nCœur', onePart: false },
      ],
    }),
  },
  {
    name: 'sandbox-personas',
    view: 'interactions/sandbox/personas.pug',
    titleKey: 'personas.title',
    locals: (t) => ({ personas: personas(t) }),
  },
  {
    name: 'sandbox-app',
    view: 'interactions/sandbox/app.pug',
    titleKey: 'app.demonstration',
    locals: () => ({ app: APPLICATIONS[1], signInHref: '/x', signOutHref: '/x' }),
  },
  {
    name: 'sandbox-app-refused',
    view: 'interactions/sandbox/app.pug',
    titleKey: 'app.demonstration',
    locals: () => ({
      app: APPLICATIONS[1],
      signInHref: '/x',
      signOutHref: '/x',
      problem: { error: 'access_denied', description: 'End-User aborted interaction' },
    }),
  },
  {
    name: 'sandbox-app-signed-in',
    view: 'interactions/sandbox/app.pug',
    titleKey: 'app.demonstration',
    locals: () => ({ app: APPLICATIONS[1], signInHref: '/x', signOutHref: '/x', session: applicationSession }),
  },
];
