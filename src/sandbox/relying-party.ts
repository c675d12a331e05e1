import * as client from 'openid-client';
import { SCOPES } from '../../config/claims.ts';
import type { DemoApplication } from '../../config/sandbox-applications.ts';

/** What an application learned of the person who signed in. */
export interface AppSession {
  readonly idToken: string;
  readonly claims: Readonly<Record<string, unknown>>;
  readonly userinfo: Readonly<Record<string, unknown>>;
}

interface Pending {
  readonly verifier: string;
  readonly state: string;
  readonly nonce: string;
}

/**
 * A regional application in small, on a well-kept OIDC library: discovery, code flow with PKCE, checked ID token,
 * userinfo. Everything it knows of a browser stands in memory, as a demonstration may.
 */
export class RelyingParty {
  readonly app: DemoApplication;
  readonly #issuer: string;
  readonly #pending = new Map<string, Pending>();
  readonly #sessions = new Map<string, AppSession>();
  #configuration: Promise<client.Configuration> | undefined;

  constructor(app: DemoApplication, issuer: string) {
    this.app = app;
    this.#issuer = issuer;
  }

  get home(): string {
    return `${this.#issuer}/sandbox/apps/${this.app.id}`;
  }

  async #discover(): Promise<client.Configuration> {
    // Plain http is for the loopback sandbox alone; a failed discovery is tried again at the next visit.
    this.#configuration ??= client
      .discovery(
        new URL(this.#issuer),
        this.app.id,
        undefined,
        client.ClientSecretBasic(`${this.app.id}-sandbox-secret`),
        {
          execute: this.#issuer.startsWith('http:') ? [client.allowInsecureRequests] : [],
        },
      )
      .catch((error: unknown) => {
        this.#configuration = undefined;
        throw error;
      });
    return this.#configuration;
  }

  /** @returns where to send the browser. */
  async start(browser: string, extra: Readonly<Record<string, string>>): Promise<URL> {
    const pending = {
      verifier: client.randomPKCECodeVerifier(),
      state: client.randomState(),
      nonce: client.randomNonce(),
    };
    remember(this.#pending, inTab(browser, pending.state), pending);
    return client.buildAuthorizationUrl(await this.#discover(), {
      ...extra,
      redirect_uri: `${this.home}/callback`,
      scope: SCOPES.filter((scope) => scope !== 'offline_access').join(' '),
      state: pending.state,
      nonce: pending.nonce,
      code_challenge: await client.calculatePKCECodeChallenge(pending.verifier),
      code_challenge_method: 'S256',
    });
  }

  /** @throws what openid-client throws when the answer is an error or cannot be trusted. */
  async finish(browser: string, answer: URL): Promise<void> {
    const tab = inTab(browser, answer.searchParams.get('state'));
    const pending = this.#pending.get(tab);
    this.#pending.delete(tab);
    const tokens = await client.authorizationCodeGrant(await this.#discover(), answer, {
      pkceCodeVerifier: pending?.verifier ?? '',
      expectedState: pending?.state ?? 'none was sent',
      expectedNonce: pending?.nonce ?? 'none was sent',
      idTokenExpected: true,
    });
    const claims = tokens.claims();
    if (!claims || !tokens.id_token) throw new Error('the answer holds no ID token');
    const userinfo = await client.fetchUserInfo(await this.#discover(), tokens.access_token, claims.sub);
    remember(this.#sessions, browser, { idToken: tokens.id_token, claims, userinfo });
  }

  session(browser: string): AppSession | undefined {
    return this.#sessions.get(browser);
  }

  /** Forgets the person, and says where to sign out of Mire too. */
  async leave(browser: string): Promise<URL> {
    const idToken = this.#sessions.get(browser)?.idToken;
    this.#sessions.delete(browser);
    return client.buildEndSessionUrl(await this.#discover(), {
      post_logout_redirect_uri: `${this.home}/bye`,
      ...(idToken ? { id_token_hint: idToken } : {}),
    });
  }
}

/** Two tabs of one browser may be signing in at the same time, each with a `state` of its own. */
const inTab = (browser: string, state: string | null) => `${browser} ${state}`;

const ROOM = 1000;

/** The oldest leaves when one more arrives. */
function remember<T>(map: Map<string, T>, key: string, value: T): void {
  map.delete(key);
  map.set(key, value);
  const [oldest] = map.keys();
  if (map.size > ROOM && oldest !== undefined) map.delete(oldest);
}
