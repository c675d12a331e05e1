import fc from 'fast-check';
import { nasty } from './nasty.ts';

/** One request as it goes on the wire. */
export interface Shot {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Sent with the cookies and the token of a sign-in under way, at its address. */
  readonly inside: boolean;
}

interface Door {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  /** A request that would do something, of which a few fields go wrong. */
  readonly fields: Readonly<Record<string, string>>;
  readonly json?: true;
  readonly inside?: true;
  readonly client?: true;
}

const AUTHORIZE = {
  client_id: 'ror',
  response_type: 'code',
  redirect_uri: 'http://localhost:4000/callback',
  scope: 'openid profile',
  code_challenge: 'a'.repeat(43),
  code_challenge_method: 'S256',
  state: 's',
  nonce: 'n',
  prompt: 'login',
  max_age: '0',
  acr_values: 'eidas1',
  claims: '{}',
  login_hint: 'x',
  id_token_hint: 'x',
  ui_locales: 'fr',
  display: 'page',
  request: 'x',
  request_uri: 'x',
  response_mode: 'query',
  resource: 'https://api.example',
  mode: 'login-mdp',
  dpop_jkt: 'x',
  registration: '{}',
};
const TOKEN = {
  grant_type: 'authorization_code',
  code: 'x',
  redirect_uri: 'http://localhost:4000/callback',
  code_verifier: 'a'.repeat(43),
  refresh_token: 'x',
  scope: 'openid',
  device_code: 'x',
  auth_req_id: 'x',
  client_id: 'ror',
  client_secret: 'x',
  client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
  client_assertion: 'x',
  subject_token: 'x',
  subject_token_type: 'urn:ietf:params:oauth:token-type:access_token',
  requested_token_type: 'x',
  actor_token: 'x',
  audience: 'x',
  resource: 'x',
};
const get = (path: string, fields: Door['fields'] = {}): Door => ({ method: 'GET', path, fields });
const post = (path: string, fields: Door['fields'], more: Partial<Door> = {}): Door => ({
  method: 'POST',
  path,
  fields,
  ...more,
});
const SIGN_IN = { login: 'mdurand', password: 'wrong', code: '123456', channel: 'mail', _csrf: 'x' };
const GRANTS = [
  'authorization_code',
  'refresh_token',
  'client_credentials',
  'urn:ietf:params:oauth:grant-type:device_code',
];

/** Every address that answers, with every field that it reads. */
export const DOORS: readonly Door[] = [
  get('/authorize', AUTHORIZE),
  post('/authorize', AUTHORIZE),
  post('/par', AUTHORIZE, { client: true }),
  ...[...GRANTS, 'urn:openid:params:grant-type:ciba', 'urn:ietf:params:oauth:grant-type:token-exchange'].map(
    (grant_type) => post('/token', { ...TOKEN, grant_type }, { client: true }),
  ),
  get('/userinfo', { access_token: 'x' }),
  post('/userinfo', { access_token: 'x' }),
  post('/introspect', { token: 'x', token_type_hint: 'access_token', client_id: 'ror' }, { client: true }),
  post('/revoke', { token: 'x', token_type_hint: 'refresh_token' }, { client: true }),
  get('/device', { user_code: 'BCDF-GHJK' }),
  post('/device', { user_code: 'BCDFGHJK', xsrf: 'x', confirm: 'yes', abort: 'yes' }),
  post('/device/authorization', { client_id: 'ror', scope: 'openid' }, { client: true }),
  post(
    '/backchannel-authentication',
    {
      scope: 'openid',
      login_hint: 'mdurand',
      binding_message: 'x',
      user_code: 'x',
      requested_expiry: '60',
      acr_values: 'eidas2',
    },
    { client: true },
  ),
  get('/logout', {
    id_token_hint: 'x',
    post_logout_redirect_uri: 'http://localhost:4000/',
    state: 's',
    client_id: 'ror',
    logout_hint: 'x',
    ui_locales: 'en',
  }),
  post('/logout', { id_token_hint: 'x', post_logout_redirect_uri: 'x', client_id: 'ror' }),
  post('/logout/confirm', { xsrf: 'x', logout: 'yes' }),
  get('/jwks', { x: 'y' }),
  get('/.well-known/openid-configuration', { x: 'y' }),
  post(
    '/register',
    {
      client_name: 'x',
      redirect_uris: 'x',
      jwks_uri: 'x',
      grant_types: 'x',
      response_types: 'x',
      subject_type: 'pairwise',
      sector_identifier_uri: 'x',
      backchannel_logout_uri: 'x',
      minimum_acr: 'x',
      default_acr_values: 'x',
      initiate_login_uri: 'x',
      logo_uri: 'x',
    },
    { json: true },
  ),
  get('/register/ror', {}),
  ...[
    '/',
    '/conditions',
    '/mentions-legales',
    '/donnees-personnelles',
    '/accessibilite',
    '/mot-de-passe-oublie',
    '/compte',
    '/diagnostic/carte',
    '/carte',
    '/sandbox',
    '/sandbox/personas.json',
    '/sandbox/apps/ror',
    '/sandbox/apps/x',
    '/assets/x',
    '/captcha/challenge',
    '/callback/psc',
    '/callback/structure/x',
    '/interaction/x',
    '/interaction/x/login-mdp',
    '/healthz',
    '/nothing',
  ].map((path) =>
    get(path, {
      lang: 'en',
      code: 'x',
      state: 'x',
      error: 'x',
      error_description: 'x',
      iss: 'x',
      jeton: 'x',
      ticket: 'x',
    }),
  ),
  post('/backchannel-logout/psc', { logout_token: 'x' }),
  ...[
    '/login-mdp',
    '/code-ephemere',
    '/code-ephemere/channel',
    '/code-ephemere/resend',
    '/code-ephemere/code',
    '/cps',
    '/psc',
    '/monsisra',
    '/compte-local',
    '/cle-acces',
    '/terms',
    '/switch',
    '/consent',
    '/keep',
    '/signup',
  ].map((path) =>
    post(
      path,
      {
        ...SIGN_IN,
        decision: 'accept',
        title: 'Dr',
        family_name: 'X',
        given_name: 'Y',
        email: 'a@b.example',
        email_confirmation: 'a@b.example',
        profession: '10',
        specialty: 'SM01',
        new_login: 'x',
        new_password: 'x',
        new_password_confirmation: 'x',
        phone: '0612345678',
        terms: 'on',
      },
      { inside: true },
    ),
  ),
  ...['', '/login-mdp', '/code-ephemere', '/cps', '/psc', '/signup'].map((path) => ({
    ...get(path, { lang: 'en', autre: '', ticket: 'x' }),
    inside: true as const,
  })),
];

const encoded = fc.constantFrom(
  (text: string) => encodeURIComponent(text.toWellFormed()),
  (text: string) => Array.from(Buffer.from(text, 'utf8'), (byte) => `%${byte.toString(16).padStart(2, '0')}`).join(''),
  // As it is, but for what would end the request line.
  (text: string) => text.replace(/[^\x21-\x7e]|#/g, (character) => encodeURIComponent(character.toWellFormed())),
);

const authorization = fc.oneof(
  { weight: 5, arbitrary: fc.constant('Basic cm9yOnJvci1zYW5kYm94LXNlY3JldA==') },
  { weight: 1, arbitrary: nasty.map((text) => `Basic ${Buffer.from(text).toString('base64')}`) },
  { weight: 1, arbitrary: nasty.map((text) => `Bearer ${text}`) },
  { weight: 1, arbitrary: nasty },
);
/** What node would refuse to send: header values are Latin-1 without controls. */
const headerValue = (text: string) => text.replace(/[^\x20-\x7e\xa0-\xff]/g, '').slice(0, 6000);

function shotAt(door: Door): fc.Arbitrary<Shot> {
  const names = Object.keys(door.fields);
  return fc
    .record({
      mutated: fc.array(fc.tuple(fc.constantFrom(...(names.length > 0 ? names : ['x'])), nasty), {
        minLength: 0,
        maxLength: 3,
      }),
      left: names.length > 0 ? fc.subarray(names) : fc.constant<string[]>([]),
      foreign: fc.array(fc.tuple(nasty, nasty), { maxLength: 2 }),
      encode: encoded,
      authorization: door.client
        ? authorization
        : fc.oneof({ weight: 6, arbitrary: fc.constant('') }, { weight: 1, arbitrary: authorization }),
      type: fc.oneof(
        { weight: 12, arbitrary: fc.constant(door.json ? 'application/json' : 'application/x-www-form-urlencoded') },
        {
          weight: 1,
          arbitrary: fc.constantFrom(
            'application/json',
            'text/plain',
            'multipart/form-data; boundary=x',
            'application/x-www-form-urlencoded; charset=utf-7',
            '',
          ),
        },
        { weight: 1, arbitrary: nasty },
      ),
      accept: fc.constantFrom('text/html', 'application/json', '*/*', 'text/html;q=0', 'x'),
      language: fc.oneof({ weight: 4, arbitrary: fc.constant('fr') }, { weight: 1, arbitrary: nasty }),
      cookie: fc.oneof(
        { weight: 5, arbitrary: fc.constant('') },
        {
          weight: 1,
          arbitrary: nasty.map(
            (text) => `mire_session=${text}; mire_device=${text}; mire_mode=${text}; mire_lang=${text}`,
          ),
        },
      ),
      method: fc.oneof(
        { weight: 15, arbitrary: fc.constant<string>(door.method) },
        { weight: 1, arbitrary: fc.constantFrom('PUT', 'DELETE', 'PATCH', 'OPTIONS', 'HEAD', 'GET', 'POST') },
      ),
      raw: fc.oneof({ weight: 10, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: nasty }),
    })
    .map(({ mutated, left, foreign, encode, type, accept, language, cookie, method, raw, ...given }) => {
      const kept = left.length > names.length / 2 ? left : names.filter((name) => !left.includes(name));
      const pairs: [string, string][] = [
        ...kept.map((name): [string, string] => [name, door.fields[name] ?? '']),
        ...mutated,
        ...foreign,
      ];
      const merged = new Map<string, string>();
      for (const [name, value] of pairs) merged.set(name, value);
      // A name twice, now and then: RFC 6749 §3.1 forbids it.
      const list = foreign.length === 1 ? pairs : [...merged];
      const query = list.map(([name, value]) => `${encode(name)}=${encode(value)}`).join('&');
      const posts = method !== 'GET' && method !== 'HEAD';
      const body = raw ?? (door.json ? JSON.stringify(Object.fromEntries(merged)) : query);
      const headers: Record<string, string> = { accept, 'accept-language': headerValue(language) };
      if (given.authorization) headers.authorization = headerValue(given.authorization);
      if (cookie) headers.cookie = headerValue(cookie);
      if (posts && type) headers['content-type'] = headerValue(type);
      return {
        method,
        path: posts || query === '' ? door.path : `${door.path}?${query.slice(0, 14_000)}`,
        headers,
        ...(posts ? { body: body.slice(0, 60_000) } : {}),
        inside: door.inside === true,
      };
    });
}

export const shots: fc.Arbitrary<Shot> = fc.constantFrom(...DOORS).chain(shotAt);
