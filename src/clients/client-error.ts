import { type Difference, nearest } from './redirect-difference.ts';

/** Why a request of an application was refused, as its integrator reads it. `redirect` and `logout` name a difference. */
export type Explanation =
  | `redirect-${Difference}`
  | `logout-${Difference}`
  | 'redirect-none'
  | 'pkce-missing'
  | 'pkce-wrong'
  | 'secret-wrong'
  | 'secret-expired'
  | 'authentication-method'
  | 'assertion'
  | 'code-unknown'
  | 'code-used'
  | 'code-expired'
  | 'code-redirect'
  | 'refresh-token'
  | 'parameter-missing'
  | 'scope'
  | 'response-type'
  | 'grant-type'
  | 'level'
  | 'sign-in-refused'
  | 'not-integrator'
  | 'other';

export interface ClientError {
  /** What oidc-provider says of itself: `authorization`, `grant` ... */
  readonly endpoint: string;
  readonly error: string;
  readonly description: string;
  readonly explanation: Explanation;
  readonly sent: string | undefined;
  readonly registered: string | undefined;
  readonly supportCode: string | undefined;
}

export interface ListedError extends ClientError {
  readonly at: Date;
}

/** Errors of applications, few and not for long; implemented by adapters/db/client-errors.ts. */
export interface ClientErrors {
  /** The oldest ones make room. */
  write(clientId: string, error: ClientError, at: Date): Promise<void>;
  /** Newest first. */
  list(clientId: string): Promise<ListedError[]>;
}

export interface Refused {
  readonly error: string;
  readonly description: string;
  /** What the library keeps for the log. */
  readonly detail: string;
  readonly params: Readonly<Record<string, unknown>>;
}

export interface Registered {
  readonly redirectUris: readonly string[];
  readonly postLogoutRedirectUris: readonly string[];
  readonly authMethod: string;
  readonly scope: string | undefined;
  readonly grantTypes: readonly string[];
  readonly responseTypes: readonly string[];
}

type Answer = Pick<ClientError, 'explanation' | 'sent' | 'registered'>;

const LONGEST = 300;
const text = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value.slice(0, LONGEST) : undefined;

function address(kind: 'redirect' | 'logout', value: unknown, registered: readonly string[]): Answer {
  const sent = text(value);
  const match = sent === undefined ? undefined : nearest(sent, registered);
  if (!match) return { explanation: 'redirect-none', sent, registered: registered[0] };
  return { explanation: `${kind}-${match.difference}`, sent, registered: match.registered };
}

/** From what the library says to what helps. Sentences of the library, pinned by tests/http/clients/client-errors.test.ts. */
const SIGNS: readonly (readonly [RegExp, Explanation])[] = [
  [/PKCE verification failed|code_verifier/, 'pkce-wrong'],
  [/policy requires PKCE|code_challenge/, 'pkce-missing'],
  [/client secret .*is expired|client_secret expired/, 'secret-expired'],
  [/invalid secret provided/, 'secret-wrong'],
  [/mechanism does not match|no client authentication mechanism/, 'authentication-method'],
  [/client_assertion|client assertion|alg mismatch|\baud\b|\bjti\b|\biss\b/, 'assertion'],
  [/authorization code not found/, 'code-unknown'],
  [/authorization code (already consumed|already used)|AuthorizationCode was already used/, 'code-used'],
  [/authorization code is expired/, 'code-expired'],
  [/authorization code redirect_uri mismatch/, 'code-redirect'],
  [/refresh token|RefreshToken/, 'refresh-token'],
  [/missing required parameter/, 'parameter-missing'],
  [/tried out/, 'not-integrator'],
  [/may no longer open|way of signing in is not accepted|structure that vouched/, 'sign-in-refused'],
];

const BY_ERROR: Readonly<Record<string, Explanation>> = {
  invalid_scope: 'scope',
  unsupported_response_type: 'response-type',
  unauthorized_client: 'grant-type',
  unsupported_grant_type: 'grant-type',
  unmet_authentication_requirements: 'level',
};

/** Why, and beside it what was sent and what is registered: addresses, names of parameters, never a value that is secret. */
export function explain({ error, description, detail, params }: Refused, registered: Registered): Answer {
  const said = `${description} ${detail}`;
  if (error === 'invalid_redirect_uri') return address('redirect', params.redirect_uri, registered.redirectUris);
  if (/post_logout_redirect_uri not registered/.test(said))
    return address('logout', params.post_logout_redirect_uri, registered.postLogoutRedirectUris);
  if (/response_type is not allowed/.test(said))
    return {
      explanation: 'response-type',
      sent: text(params.response_type),
      registered: registered.responseTypes.join(', '),
    };
  if (/grant type is not allowed|is not allowed for this client/.test(said))
    return { explanation: 'grant-type', sent: text(params.grant_type), registered: registered.grantTypes.join(', ') };
  const explanation = SIGNS.find(([sign]) => sign.test(said))?.[1] ?? BY_ERROR[error] ?? 'other';
  const beside: Partial<Record<Explanation, [unknown, string | undefined]>> = {
    'authentication-method': [undefined, registered.authMethod],
    'code-redirect': [params.redirect_uri, undefined],
    'parameter-missing': [/parameters? (.*)$/.exec(description)?.[1], undefined],
    scope: [params.scope, registered.scope],
    'response-type': [params.response_type, registered.responseTypes.join(', ')],
    'grant-type': [params.grant_type, registered.grantTypes.join(', ')],
    level: [params.acr_values, undefined],
  };
  const [sent, other] = beside[explanation] ?? [undefined, undefined];
  return { explanation, sent: text(sent), registered: other };
}
