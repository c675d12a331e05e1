import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { HTMLElement } from 'node-html-parser';
import type { ClientMetadata } from 'oidc-provider';
import { OWN_METADATA } from '../../../src/clients/metadata.ts';
import { HOSTILE, RESERVED } from '../../support/clients/hostile-texts.ts';
import type { Browser } from '../../support/http/browser.ts';
import { type RunningMire, startMire } from '../../support/mire.ts';
import { signInDirectly } from '../../support/sign-in/directly.ts';
import { auditOf, csrfOf } from '../../support/sign-in/steps.ts';

/** What an administrator may set on an application, each with a value that the form would not have given. */
const SET: Readonly<Record<string, unknown>> = {
  application_type: 'native',
  client_name: 'Agenda des gardes du CHU',
  client_uri: 'https://agenda.example.org/',
  contacts: ['equipe@agenda.example', 'astreinte@agenda.example'],
  default_acr_values: ['eidas2'],
  default_max_age: 600,
  grant_types: ['authorization_code'],
  id_token_signed_response_alg: 'PS256',
  initiate_login_uri: 'https://agenda.example.org/entrer',
  jwks: { keys: [{ kty: 'OKP', crv: 'Ed25519', x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo', use: 'sig' }] },
  jwks_uri: 'https://agenda.example.org/jwks',
  logo_uri: 'https://agenda.example.org/logo.png',
  policy_uri: 'https://agenda.example.org/donnees',
  tos_uri: 'https://agenda.example.org/conditions',
  redirect_uris: ['https://agenda.example.org/b', 'https://agenda.example.org/a'],
  post_logout_redirect_uris: ['https://agenda.example.org/fin'],
  require_auth_time: true,
  response_modes: ['query'],
  scope: 'email openid profile desktop',
  subject_type: 'pairwise',
  token_endpoint_auth_method: 'client_secret_post',
  token_endpoint_auth_signing_alg: 'ES256',
  userinfo_signed_response_alg: 'ES256',
  introspection_signed_response_alg: 'ES256',
  authorization_signed_response_alg: 'ES256',
  backchannel_logout_uri: 'https://agenda.example.org/logout',
  backchannel_logout_session_required: true,
  request_object_signing_alg: 'ES256',
  require_signed_request_object: true,
  require_pushed_authorization_requests: true,
  dpop_bound_access_tokens: true,
  backchannel_token_delivery_mode: 'poll',
  client_secret: 'a secret of thirty-two characters at least',
  client_secret_expires_at: 2_000_000_000,
  client_id_issued_at: 1_600_000_000,
  minimum_acr: 'eidas1',
  allowed_modes: ['psc'],
  first_party: true,
  pkce_required: false,
  desktop_application: true,
  step_up_reason: 'Les gardes concernent des patients.',
  fapi_profile: '2.0',
  allowed_resources: ['https://lits.example.org/'],
  exchange_resources: ['https://lits.example.org/'],
  resource_server: 'https://agenda.example.org/api',
  owner: 'CHU, équipe des gardes',
  purpose: { email: 'Vous prévenir de vos gardes.' },
  stage: 'submitted',
  stage_note: 'Donnez un autre nom.',
  registration_policy: { redirect_hosts: ['.example.org'] },
};
/** Never what an administrator sets: the name itself, and what says a thing that another metadata of the table says too. */
const ASIDE = [
  'client_id',
  'response_types',
  'sector_identifier_uri',
  'backchannel_user_code_parameter',
  'backchannel_authentication_request_signing_alg',
  'backchannel_client_notification_endpoint',
];

/** What a browser sends of the form as it was shown. */
function asShown(page: HTMLElement): URLSearchParams {
  const sent = new URLSearchParams();
  for (const field of page.querySelectorAll('form.form [name]')) {
    const type = field.getAttribute('type');
    const ticked = (type !== 'radio' && type !== 'checkbox') || field.hasAttribute('checked');
    if (ticked) sent.append(field.getAttribute('name') ?? '', field.getAttribute('value') ?? field.text);
  }
  return sent;
}

describe('the form of an application that an administrator has set things of', () => {
  let mire: RunningMire;
  let browser: Browser;
  let created = 0;
  beforeAll(async () => {
    mire = await startMire({ env: { RATE_LIMIT_FACTOR: '1000' } });
    browser = await signInDirectly(mire, { acr: 'eidas2', client: 'mire-integrateurs' });
  });
  afterAll(() => mire.close());

  const clients = () => mire.sandbox.parts.storage.clients;
  const stored = async (id: string) => (await clients().byId(id))?.metadata;

  /** As the form made it, then as an administrator wants it. */
  async function application(set: Readonly<Record<string, unknown>> = {}): Promise<string> {
    const account = await mire.sandbox.parts.storage.accounts.byLoginKey('mdurand');
    const id = `agenda-${created++}`;
    const made = {
      client_id: id,
      client_name: 'Agenda',
      application_type: 'web',
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      redirect_uris: ['https://agenda.example.org/callback'],
      post_logout_redirect_uris: [],
      scope: 'openid profile',
      contacts: ['equipe@agenda.example'],
      minimum_acr: 'eidas2',
      token_endpoint_auth_method: 'client_secret_basic',
      client_secret: 'another secret, of thirty-two characters',
      client_secret_expires_at: 0,
      stage: 'sandbox',
      ...set,
    } as unknown as ClientMetadata;
    await clients().insert(made, mire.clock.now(), account?.account.id);
    return id;
  }
  async function save(id: string, changes: Readonly<Record<string, string>> = {}): Promise<Response> {
    const form = await browser.get(`${mire.issuer}/integrateurs/${id}/modifier`);
    const body = asShown(form.page);
    for (const [name, value] of Object.entries(changes)) body.set(name, value);
    return browser.fetch(`${mire.issuer}/integrateurs/${id}`, { method: 'POST', body });
  }

  test('the table knows every metadata that there is', () => {
    const library = readFileSync(
      join(import.meta.dirname, '../../../node_modules/oidc-provider/lib/consts/client_attributes.js'),
      'utf8',
    );
    const lists = /const RECOGNIZED_METADATA[\s\S]*?\];|const BOOL[\s\S]*?\];|const STRING[\s\S]*?\];/g;
    const named = [...library.matchAll(lists)].flatMap(([list]) =>
      [...list.matchAll(/'(\w+)'/g)].map(([, name]) => name),
    );
    // What is encrypted to the application needs its keys and an algorithm each; certificates need a host for them.
    const known = [...named, ...Object.keys(OWN_METADATA)].filter(
      (name = '') => !/_encrypt|^tls_client|mtls|^authorization_details/.test(name) && !ASIDE.includes(name),
    );
    expect(known.filter((name = '') => !(name in SET))).toEqual([]);
  });

  test.each(Object.keys(SET))('saved without a change, it leaves %s as it was, and everything else', async (name) => {
    const id = await application({ [name]: SET[name] });
    const before = await clients().byId(id);
    expect(before?.metadata[name]).toEqual(SET[name]);
    expect((await save(id)).status).toBe(303);
    const after = await clients().byId(id);
    expect(after?.metadata).toEqual(before?.metadata);
    expect(after?.version).toBe(before?.version);
  });

  test('saved with another name, it changes the name, and takes a submission back', async () => {
    const { allowed_modes, backchannel_logout_uri, owner, purpose, allowed_resources, contacts } = SET;
    const set = { allowed_modes, backchannel_logout_uri, owner, purpose, allowed_resources, contacts };
    const kept = { ...set, minimum_acr: 'eidas1', client_uri: SET.client_uri, scope: 'email openid desktop' };
    const id = await application({ ...kept, stage: 'submitted' });
    const before = await stored(id);
    expect((await save(id, { name: 'Agenda du CHU', contact: 'autre@agenda.example' })).status).toBe(303);
    expect(await stored(id)).toMatchObject({
      ...before,
      client_name: 'Agenda du CHU',
      contacts: ['autre@agenda.example', 'astreinte@agenda.example'],
      stage: 'sandbox',
    });
    const lines = (await auditOf(mire, 'client.updated')).filter(({ client_id }) => client_id === id);
    expect(lines).toHaveLength(1);
    expect(lines[0]?.details).toEqual({ changed: expect.arrayContaining(['client_name', 'contacts', 'stage']) });
  });

  test('a scope that the form does not show stays when another one is asked for', async () => {
    const id = await application({ scope: 'openid desktop' });
    await save(id, { scope: 'profile' });
    expect((await stored(id))?.scope?.split(' ').sort()).toEqual(['desktop', 'openid', 'profile']);
  });

  test('a password alone is shown where an administrator accepted it, and is not for others to ask for', async () => {
    const usual = await application();
    expect((await save(usual, { minimum_acr: 'eidas1' })).status).toBe(422);
    expect((await stored(usual))?.minimum_acr).toBe('eidas2');
    const lowered = await application({ minimum_acr: 'eidas1' });
    expect((await save(lowered, { minimum_acr: 'eidas3' })).status).toBe(303);
    expect((await save(lowered, { minimum_acr: 'eidas1' })).status).toBe(422);
  });

  test('one that becomes public loses its secret, and gets one when it is a server again', async () => {
    const id = await application();
    expect((await save(id, { kind: 'browser' })).status).toBe(303);
    expect(await stored(id)).toMatchObject({ token_endpoint_auth_method: 'none' });
    expect(await stored(id)).not.toHaveProperty('client_secret');
    expect((await save(id, { kind: 'server' })).status).toBe(303);
    expect((await stored(id))?.client_secret).toEqual(expect.any(String));
  });

  test('takes no text that hides, turns or fills a line, and no name of ours', async () => {
    const id = await application();
    const before = await stored(id);
    const texts = Object.entries(HOSTILE).filter(([what]) => what !== 'half a letter');
    for (const [what, text] of texts) {
      for (const [field, value] of Object.entries({
        name: text,
        step_up_reason: text,
        contact: `${text}@agenda.example`,
        ...(/line feed|return/.test(what) ? {} : { redirect_uris: `https://agenda.example.org/${text}` }),
      }))
        expect([what, field, (await save(id, { [field]: value })).status]).toEqual([what, field, 422]);
    }
    for (const name of RESERVED) {
      const refused = await save(id, { name });
      expect([name, refused.status]).toEqual([name, 422]);
      expect(await refused.text()).toContain('Ce nom est celui de la plateforme');
    }
    expect(await stored(id)).toEqual(before);
    const form = await browser.get(`${mire.issuer}/integrateurs/nouvelle`);
    const body = asShown(form.page);
    body.set('name', 'Mon compte');
    body.set('_csrf', csrfOf(form));
    expect((await browser.fetch(`${mire.issuer}/integrateurs`, { method: 'POST', body })).status).toBe(422);
  });
});
