import * as client from 'openid-client';
import type { Send } from '../http/browser.ts';

/** Where integrators listen in the sandbox contract; nothing needs to listen there when the browser stops at its door. */
export const CALLBACK = 'http://localhost:4000/callback';

export interface Started {
  readonly url: URL;
  /** Turns the answer at the callback into checked tokens. */
  finish(answer: URL): ReturnType<typeof client.authorizationCodeGrant>;
  readonly verifier: string;
  readonly state: string;
  readonly nonce: string;
}

/** A regional application: openid-client by discovery alone. */
export class Application {
  readonly configuration: client.Configuration;
  readonly id: string;

  private constructor(configuration: client.Configuration, id: string) {
    this.configuration = configuration;
    this.id = id;
  }

  static async discover(
    issuer: string,
    id: string,
    secret = `${id}-sandbox-secret`,
    send: Send = fetch,
  ): Promise<Application> {
    const configuration = await client.discovery(new URL(issuer), id, undefined, client.ClientSecretBasic(secret), {
      execute: [client.allowInsecureRequests],
      [client.customFetch]: (url, init) => send(new URL(url), init as RequestInit),
    });
    return new Application(configuration, id);
  }

  async start(parameters: Readonly<Record<string, string>> = {}): Promise<Started> {
    const verifier = client.randomPKCECodeVerifier();
    const state = client.randomState();
    const nonce = client.randomNonce();
    const url = client.buildAuthorizationUrl(this.configuration, {
      redirect_uri: CALLBACK,
      scope: 'openid profile email',
      state,
      nonce,
      code_challenge: await client.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
      ...parameters,
    });
    const finish = (answer: URL) =>
      client.authorizationCodeGrant(this.configuration, answer, {
        pkceCodeVerifier: verifier,
        expectedState: state,
        expectedNonce: nonce,
        idTokenExpected: true,
      });
    return { url, finish, verifier, state, nonce };
  }
}
