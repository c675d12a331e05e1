/** How one provider is reached and what is asked of it: from the settings for PSC, from the directory for a structure. */
export interface UpstreamSettings {
  readonly id: string;
  readonly issuer: string;
  /** The whole address of its discovery document, standard or not; or the metadata itself. */
  readonly metadata: { readonly discoveryUrl: string } | StaticMetadata;
  readonly clientId: string;
  readonly authentication: ClientAuthentication;
  /** The TLS certificate we show on every call to it. */
  readonly certificate?: { readonly cert: string; readonly key: string } | undefined;
  readonly redirectUri: string;
  readonly scope: string;
  /** Always sent, such as `acr_values`. */
  readonly parameters?: Readonly<Record<string, string>>;
  /** Values of `acr` that are known here; one that is absent is accepted. Undefined: whatever it says. */
  readonly acceptedAcr?: readonly string[];
  /** False: the ID token says enough. */
  readonly userinfo?: boolean;
  /** Set when it was agreed that userinfo comes as a signed JWT. */
  readonly userinfoAlg?: string | undefined;
  readonly idTokenAlg?: string | undefined;
  /** Seconds for one call. */
  readonly timeout?: number;
  /** Plain http, and only to this machine: for the sandbox and the tests. */
  readonly loopback?: boolean;
}

export interface StaticMetadata {
  readonly authorization_endpoint: string;
  readonly token_endpoint: string;
  readonly jwks_uri: string;
  readonly userinfo_endpoint?: string | undefined;
  readonly end_session_endpoint?: string | undefined;
}

export type ClientAuthentication =
  | { readonly method: 'client_secret_basic' | 'client_secret_post'; readonly secret: string }
  /** `key`: PKCS #8 in PEM. */
  | {
      readonly method: 'private_key_jwt';
      readonly key: string;
      readonly alg: string;
      readonly kid?: string | undefined;
    }
  | { readonly method: 'tls_client_auth' };
