import { stacksFor } from '../../../interactions/integrators/stacks.ts';
import { formState } from '../accounts/sample-people.ts';
import type { Sample } from '../pages/page-samples.ts';

const ISSUER = 'https://mire.example.org';
const METADATA = {
  client_id: 'agenda-1f6a02c9',
  client_name: 'Agenda des gardes',
  redirect_uris: ['https://agenda.example.org/callback'],
  scope: 'openid profile identite_ps',
  token_endpoint_auth_method: 'client_secret_basic',
} as const;
const APPLICATION = {
  id: METADATA.client_id,
  name: METADATA.client_name,
  stage: 'sandbox',
  href: `/integrateurs/${METADATA.client_id}`,
  lastUsed: '23 nov. 2026',
};
const VALUES = {
  name: METADATA.client_name,
  kind: 'server',
  redirect_uris: METADATA.redirect_uris[0],
  post_logout_redirect_uris: '',
  scope: ['openid', 'profile'],
  minimum_acr: 'eidas2',
  step_up_reason: '',
  contact: 'equipe@agenda.example.org',
};
const form = {
  ...formState,
  values: VALUES,
  kinds: ['server', 'browser', 'native'],
  levels: ['eidas2', 'eidas3'],
  backHref: '/integrateurs',
};
const scopes = [{ id: 'openid', label: 'Votre connexion', checked: true }];
const view = (name: string) => `interactions/integrators/${name}.pug`;

/** The portal of integrators. */
export const INTEGRATOR_PAGES: readonly Sample[] = [
  {
    name: 'integrators',
    view: view('list'),
    titleKey: 'integrators.title',
    locals: () => ({ applications: [APPLICATION, { ...APPLICATION, stage: 'production', lastUsed: undefined }] }),
  },
  { name: 'integrators-none', view: view('list'), titleKey: 'integrators.title', locals: () => ({ applications: [] }) },
  {
    name: 'integrators-form',
    view: view('form'),
    titleKey: 'integrators.new.title',
    locals: () => ({ ...form, scopes }),
  },
  {
    name: 'integrators-form-wrong',
    view: view('form'),
    titleKey: 'integrators.change.title',
    locals: (t) => ({
      ...form,
      scopes,
      errors: [{ field: 'redirect_uris', text: t('integrators.address.refused') }],
      technical: 'redirect_uris must only contain strings',
    }),
  },
  {
    name: 'integrators-secret',
    view: view('secret'),
    titleKey: 'integrators.secret.title',
    locals: () => ({ id: METADATA.client_id, secret: 'un-secret-inventé', until: '8 déc. 2026', href: '/x' }),
  },
  {
    name: 'integrators-application',
    view: view('application'),
    titleKey: 'integrators.application.title',
    locals: (t) => ({
      csrf: 'x',
      application: {
        ...APPLICATION,
        note: 'Donnez une adresse en https.',
        redirectUris: METADATA.redirect_uris,
        postLogoutRedirectUris: [],
        scope: METADATA.scope,
        minimumAcr: 'eidas2',
        authMethod: METADATA.token_endpoint_auth_method,
        hasSecret: true,
        previousUntil: '8 déc. 2026',
        contacts: VALUES.contact,
      },
      stacks: stacksFor(ISSUER, { ...METADATA, redirect_uris: [...METADATA.redirect_uris] }),
      refusals: [
        {
          at: '24/11/2026 14:02:11',
          error: 'invalid_redirect_uri',
          supportCode: 'K7Q2-9XMP',
          text: t('explanation.redirect-slash', {
            sent: `${METADATA.redirect_uris[0]}/`,
            registered: METADATA.redirect_uris[0],
            description: '',
          }),
        },
      ],
    }),
  },
];
