import { browserSteps } from './conformance-browser.ts';
import { APPROVAL_PATH } from './conformance-ciba.ts';
import { ALIAS, withKey, withSecret } from './conformance-clients.ts';

type Json = Readonly<Record<string, unknown>>;

const DYNAMIC = '[server_metadata=discovery][client_registration=dynamic_client]';
const CODE = '[response_type=code][client_registration=dynamic_client]';
const FAPI =
  '[client_auth_type=private_key_jwt][sender_constrain=dpop][openid=openid_connect][fapi_profile=plain_fapi]';

/** What is run against us: the plan, as scripts/run-test-plan.py of the suite takes it, and its configuration. */
export const PLANS: readonly (readonly [plan: string, file: string])[] = [
  ['oidcc-config-certification-test-plan', 'oidc.json'],
  [`oidcc-basic-certification-test-plan${DYNAMIC}`, 'oidc.json'],
  [
    'oidcc-basic-certification-test-plan[server_metadata=discovery][client_registration=static_client]',
    'oidc-static.json',
  ],
  [`oidcc-formpost-basic-certification-test-plan${DYNAMIC}`, 'oidc.json'],
  [`oidcc-implicit-certification-test-plan${DYNAMIC}`, 'oidc.json'],
  [`oidcc-hybrid-certification-test-plan${DYNAMIC}`, 'oidc.json'],
  ['oidcc-dynamic-certification-test-plan[response_type=code]', 'oidc.json'],
  ['oidcc-3rdparty-init-login-certification-test-plan[response_type=code]', 'oidc.json'],
  [`oidcc-rp-initiated-logout-certification-test-plan${CODE}`, 'oidc.json'],
  [`oidcc-backchannel-rp-initiated-logout-certification-test-plan${CODE}`, 'oidc.json'],
  [
    'oidcc-test-plan[client_auth_type=private_key_jwt][response_type=code][response_mode=default][client_registration=dynamic_client]',
    'oidc.json',
  ],
  [`fapi2-security-profile-final-test-plan${FAPI}`, 'fapi2.json'],
  [
    `fapi2-message-signing-final-test-plan${FAPI}[fapi_request_method=signed_non_repudiation][fapi_response_mode=jarm]`,
    'fapi2-message-signing.json',
  ],
  [
    'fapi-ciba-id1-test-plan[client_auth_type=private_key_jwt][ciba_mode=poll][fapi_ciba_profile=plain_fapi][client_registration=static_client]',
    'fapi-ciba.json',
  ],
];

/** With certificates made for the day, so in no repository: written beside the others. */
export function cibaFile({ issuer, person }: Place, [one, two]: readonly [Json, Json]): Json {
  const client = (id: string) => ({
    ...withKey(id, 'openid profile'),
    hint_type: 'login_hint',
    hint_value: person.login,
  });
  return {
    alias: ALIAS,
    description: 'Mire: FAPI-CIBA',
    server: server(issuer, person.login),
    client: client('ciba-1'),
    client2: client('ciba-2'),
    mtls: one,
    mtls2: two,
    resource: { resourceUrl: `${issuer}/userinfo` },
    automated_ciba_approval_url: `${issuer}${APPROVAL_PATH}?auth_req_id={auth_req_id}&action={action}`,
  };
}

const named = (modules: readonly string[], value: Json): Json =>
  Object.fromEntries(modules.map((name) => [name, value]));

/** Pictures that a reviewer wants, and modules where nobody signs in. */
function overrides(steps: ReturnType<typeof browserSteps>): Json {
  const oidcc = (names: readonly string[], browser: unknown) =>
    named(
      names.map((name) => `oidcc-${name}`),
      { browser },
    );
  const logout = (name: string) => `rp-initiated-logout${name}`;
  return {
    ...oidcc(['prompt-login', 'max-age-1'], steps.again),
    ...oidcc(
      [
        'ensure-registered-redirect-uri',
        'ensure-redirect-uri-in-authorization-request',
        'redirect-uri-query-added',
        'redirect-uri-query-mismatch',
      ],
      steps.errorPage,
    ),
    ...oidcc(['registration-logo-uri', 'registration-policy-uri', 'registration-tos-uri'], steps.signInPage),
    ...oidcc(
      [
        '-bad-post-logout-redirect-uri',
        '-query-added-to-post-logout-redirect-uri',
        '-modified-id-token-hint',
        '-bad-id-token-hint',
      ].map(logout),
      steps.logoutError,
    ),
    ...oidcc(
      ['-no-id-token-hint', '-no-params', '-no-post-logout-redirect-uri', '-only-state'].map(logout),
      steps.signedOut,
    ),
    // GET alone: POST would need a session cookie that any other site's forms carry too.
    ...oidcc(['ensure-post-request-succeeds'], steps.nothing),
  };
}

function fapiOverrides(steps: ReturnType<typeof browserSteps>): Json {
  const fapi = (names: readonly string[], browser: unknown) =>
    named(
      names.map((name) => `fapi2-security-profile-final-${name}`),
      { browser },
    );
  return {
    ...fapi(['user-rejects-authentication'], steps.refusal),
    ...fapi(
      [
        'ensure-unsigned-authorization-request-without-using-par-fails',
        'par-attempt-reuse-request_uri',
        'par-attempt-to-use-expired-request_uri',
        'par-attempt-to-use-request_uri-for-different-client',
      ],
      steps.errorPage,
    ),
  };
}

interface Place {
  readonly issuer: string;
  readonly person: { readonly login: string; readonly password: string };
}

const server = (issuer: string, hint: string) => ({
  discoveryUrl: `${issuer}/.well-known/openid-configuration`,
  login_hint: hint,
  allow_unexpected_metadata_fields: ['desktop_endpoint', 'desktop_link_scheme', 'desktop_loopback_port'],
});

/** The files of tests/conformance/, by name. */
export function conformanceFiles({ issuer, person }: Place): Record<string, unknown> {
  const steps = browserSteps(issuer, person);
  const common = { server: server(issuer, person.login), browser: steps.normal };
  const fapi = (one: string, two: string) => ({
    alias: ALIAS,
    description: 'Mire: FAPI 2.0',
    ...common,
    client: withKey(one, 'openid profile email offline_access'),
    client2: withKey(two, 'openid profile email offline_access'),
    resource: { resourceUrl: `${issuer}/userinfo` },
    override: fapiOverrides(steps),
  });
  return {
    'oidc.json': {
      description: 'Mire: OpenID Connect',
      ...common,
      client: { client_name: 'First client of the suite' },
      client2: { client_name: 'Second client of the suite' },
      override: overrides(steps),
    },
    'oidc-static.json': {
      alias: ALIAS,
      description: 'Mire: OpenID Connect, static clients',
      ...common,
      client: withSecret('suite-1'),
      client2: withSecret('suite-2'),
      client_secret_post: withSecret('suite-post'),
      override: overrides(steps),
    },
    'fapi2.json': fapi('fapi-1', 'fapi-2'),
    'fapi2-message-signing.json': fapi('signing-1', 'signing-2'),
    'plans.json': PLANS.map(([plan, configuration]) => ({ plan, configuration })),
    'expected-skips.json': EXPECTED_SKIPS,
    'expected-failures.json': EXPECTED_FAILURES,
  };
}

const anywhere = { variant: '*', 'configuration-filename': '*' } as const;

/** By choice: requests by reference make the service fetch what a stranger says. */
const EXPECTED_SKIPS = [
  'oidcc-request-uri-unsigned-supported-correctly-or-rejected-as-unsupported',
  'oidcc-unsigned-request-object-supported-correctly-or-rejected-as-unsupported',
  'oidcc-ensure-request-object-with-redirect-uri',
  'oidcc-idtoken-unsigned',
].map((name) => ({ 'test-name': name, ...anywhere }));

const EXPECTED_FAILURES = [
  ['oidcc-request-uri-unsigned', 'requests by reference are not supported'],
  ['oidcc-request-uri-signed-rs256', 'requests by reference are not supported'],
  [
    'oidcc-ensure-post-request-succeeds',
    'a POST at the authorization endpoint needs SameSite=None, which weakens everybody',
  ],
  ['oidcc-registration-logo-uri', 'no picture of another site is shown on a page where a password is typed'],
].map(([name, comment]) => ({
  'test-name': name,
  ...anywhere,
  'current-block': '*',
  condition: '*',
  'expected-result': 'failure',
  comment,
}));
