import * as client from 'openid-client';

/** What the desktop sees of a request: docs/desktop-protocol.md. */
export interface ShownRequest {
  readonly id: string;
  readonly kind: 'browser' | 'ciba';
  readonly application: { readonly name: string };
  readonly asked_at: string;
  readonly expires_at: string;
  readonly required_acr: string;
  readonly asked_from: string | null;
  readonly desktop_at: string | null;
  readonly same_network: boolean;
  readonly browser?: string | null;
  readonly choices?: readonly number[];
  readonly binding_message?: string | null;
}

export interface ShownSession {
  readonly device: { readonly id: string; readonly name: string };
  readonly account: { readonly name: string };
  readonly acr: string;
  readonly amr: readonly string[];
  readonly auth_time: number;
  readonly expires_at: string;
}

/** What the service refused, with its stable code and its sentence for the person. */
export class DesktopRefusal extends Error {
  override readonly name = 'DesktopRefusal';
  readonly status: number;
  readonly code: string;
  readonly supportCode: string;
  constructor(status: number, { error, error_description, support_code }: Record<string, string | undefined>) {
    super(error_description ?? error ?? `status ${status}`);
    this.status = status;
    this.code = error ?? 'unknown';
    this.supportCode = support_code ?? '';
  }
}

interface Tokens {
  readonly access_token: string;
  readonly refresh_token?: string | undefined;
  readonly expires_in?: number | undefined;
}

export interface DesktopOptions {
  readonly issuer: string;
  readonly clientId: string;
  /** Made anew when none is given; a real application keeps it where the system keeps keys. */
  readonly key?: client.CryptoKeyPair;
  readonly lang?: string;
  /** Where the service is reached in another way than by its address. */
  readonly fetch?: client.CustomFetch;
}

const SCOPE = 'openid profile desktop';
/** Seconds before its end at which an access token is exchanged for the next one. */
const EARLY = 30;

/**
 * One desktop application: an OIDC native client whose every token is bound to its key, and the calls of the desktop
 * protocol. Knows an issuer and its own name; the rest is discovered.
 */
export class DesktopClient {
  readonly #configuration: client.Configuration;
  readonly #dpop: client.DPoPHandle;
  readonly #lang: string;
  #tokens: Tokens | undefined;
  #endsAt = 0;
  #refreshing: Promise<void> | undefined;

  private constructor(configuration: client.Configuration, key: client.CryptoKeyPair, lang: string) {
    this.#configuration = configuration;
    this.#dpop = client.getDPoPHandle(configuration, key);
    this.#lang = lang;
  }

  static async discover({ issuer, clientId, key, lang = 'fr', fetch }: DesktopOptions): Promise<DesktopClient> {
    const configuration = await client.discovery(new URL(issuer), clientId, undefined, client.None(), {
      execute: issuer.startsWith('http:') ? [client.allowInsecureRequests] : [],
      ...(fetch ? { [client.customFetch]: fetch } : {}),
    });
    return new DesktopClient(configuration, key ?? (await client.randomDPoPKeyPair()), lang);
  }

  get loopbackPort(): number | undefined {
    const port: unknown = this.#configuration.serverMetadata().desktop_loopback_port;
    return typeof port === 'number' ? port : undefined;
  }

  get signedIn(): boolean {
    return this.#tokens !== undefined;
  }

  /** Code flow with PKCE in the system's browser (RFC 8252). @returns where to send it, and what to do with its answer. */
  async beginInBrowser(
    redirectUri: string,
    parameters: Readonly<Record<string, string>> = {},
  ): Promise<{ url: URL; finish(answer: URL): Promise<void> }> {
    const [pkceCodeVerifier, expectedState, expectedNonce] = [
      client.randomPKCECodeVerifier(),
      client.randomState(),
      client.randomNonce(),
    ];
    const url = client.buildAuthorizationUrl(this.#configuration, {
      redirect_uri: redirectUri,
      scope: SCOPE,
      state: expectedState,
      nonce: expectedNonce,
      code_challenge: await client.calculatePKCECodeChallenge(pkceCodeVerifier),
      code_challenge_method: 'S256',
      // RFC 9449 §10: the code is worth nothing without the key either.
      dpop_jkt: await this.#dpop.calculateThumbprint(),
      ...parameters,
    });
    const checks = { pkceCodeVerifier, expectedState, expectedNonce, idTokenExpected: true };
    return {
      url,
      finish: async (answer) =>
        this.#keep(
          await client.authorizationCodeGrant(this.#configuration, answer, checks, undefined, { DPoP: this.#dpop }),
        ),
    };
  }

  /** Device flow (RFC 8628), where no browser of this machine can be used. */
  async beginOnAnotherDevice(): Promise<{ userCode: string; address: string; finish(): Promise<void> }> {
    const asked = await client.initiateDeviceAuthorization(this.#configuration, { scope: SCOPE });
    return {
      userCode: asked.user_code,
      address: asked.verification_uri,
      finish: async () =>
        this.#keep(
          await client.pollDeviceAuthorizationGrant(this.#configuration, asked, undefined, { DPoP: this.#dpop }),
        ),
    };
  }

  openSession = (deviceName: string) => this.#call<ShownSession>('POST', '/session', { device_name: deviceName });
  session = () => this.#call<ShownSession>('GET', '/session');

  async signOut(): Promise<void> {
    await this.#call('DELETE', '/session');
    this.forget();
  }

  /** @param by the token of a link or of the loopback call, or the six characters that the page shows */
  openRequest = (by: { request: string } | { code: string }) => this.#call<ShownRequest>('POST', '/requests', by);
  async waiting(): Promise<readonly ShownRequest[]> {
    return (await this.#call<{ requests: ShownRequest[] }>('GET', '/requests')).requests;
  }
  approve = (id: string, number?: number) =>
    this.#call('POST', `/requests/${id}/approve`, number === undefined ? {} : { number });
  refuse = (id: string) => this.#call('POST', `/requests/${id}/refuse`, {});

  /** What it holds to be called with: for who must show that it is worth nothing elsewhere. */
  async accessToken(): Promise<string> {
    if (!this.#tokens) throw new DesktopRefusal(401, { error: 'desktop-token', error_description: 'not signed in' });
    if (Date.now() > this.#endsAt - EARLY * 1000) await this.#refresh(this.#tokens);
    return this.#tokens.access_token;
  }

  forget(): void {
    this.#tokens = undefined;
  }

  #keep(tokens: Tokens): void {
    this.#tokens = { refresh_token: this.#tokens?.refresh_token, ...tokens };
    this.#endsAt = Date.now() + (tokens.expires_in ?? 600) * 1000;
  }

  /** One at a time: a refresh token that is used twice ends everything under it. */
  #refresh({ refresh_token = '' }: Tokens): Promise<void> {
    this.#refreshing ??= client
      .refreshTokenGrant(this.#configuration, refresh_token, undefined, { DPoP: this.#dpop })
      .then((tokens) => this.#keep(tokens))
      .catch((error: unknown) => {
        if (!(error instanceof client.ResponseBodyError)) throw error;
        this.forget();
        throw new DesktopRefusal(401, { error: 'desktop-token', error_description: error.error_description });
      })
      .finally(() => {
        this.#refreshing = undefined;
      });
    return this.#refreshing;
  }

  async #call<T>(method: string, path: string, body?: object): Promise<T> {
    const base = String(this.#configuration.serverMetadata().desktop_endpoint);
    const headers = new Headers({ accept: 'application/json', 'accept-language': this.#lang });
    if (body) headers.set('content-type', 'application/json');
    const answer = await client
      .fetchProtectedResource(
        this.#configuration,
        await this.accessToken(),
        new URL(`${base}${path}`),
        method,
        body ? JSON.stringify(body) : undefined,
        headers,
        { DPoP: this.#dpop },
      )
      .catch((error: unknown) => {
        if (error instanceof client.WWWAuthenticateChallengeError) return error.response;
        throw error;
      });
    if (answer.ok) return (answer.status === 204 ? undefined : await answer.json()) as T;
    const said = (await answer.json().catch(() => ({}))) as Record<string, string>;
    throw new DesktopRefusal(answer.status, said);
  }
}
