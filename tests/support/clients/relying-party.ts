import { createServer, type ServerResponse } from 'node:http';
import * as client from 'openid-client';

/**
 * A regional application of an integrator, in a process of its own: it knows an issuer, its own name and its secret,
 * and learns the rest by discovery. One person at a time, which is all that a test needs.
 */
const [issuer = '', id = '', secret = '', port = ''] = process.argv.slice(2);
const home = `http://localhost:${port}`;
const configuration = await client.discovery(new URL(issuer), id, undefined, client.ClientSecretBasic(secret), {
  execute: [client.allowInsecureRequests],
});

interface Pending {
  readonly verifier: string;
  readonly state: string;
  readonly nonce: string;
}
type Tokens = Awaited<ReturnType<typeof client.authorizationCodeGrant>>;
let pending: Pending | undefined;
let tokens: Tokens | undefined;

async function login(): Promise<URL> {
  pending = { verifier: client.randomPKCECodeVerifier(), state: client.randomState(), nonce: client.randomNonce() };
  return client.buildAuthorizationUrl(configuration, {
    redirect_uri: `${home}/callback`,
    scope: 'openid profile email identite_ps',
    state: pending.state,
    nonce: pending.nonce,
    code_challenge: await client.calculatePKCECodeChallenge(pending.verifier),
    code_challenge_method: 'S256',
  });
}

async function callback(answer: URL): Promise<unknown> {
  if (!pending) throw new Error('nobody began to sign in');
  tokens = await client.authorizationCodeGrant(configuration, answer, {
    pkceCodeVerifier: pending.verifier,
    expectedState: pending.state,
    expectedNonce: pending.nonce,
    idTokenExpected: true,
  });
  const claims = tokens.claims();
  return { claims, userinfo: await client.fetchUserInfo(configuration, tokens.access_token, claims?.sub ?? '') };
}

function held(): Tokens {
  if (!tokens) throw new Error('nobody is signed in');
  return tokens;
}

const answers: Readonly<Record<string, (address: URL) => unknown>> = {
  '/': () => ({ home: id }),
  '/login': login,
  '/callback': callback,
  async '/refresh'() {
    const before = held();
    const fresh = await client.refreshTokenGrant(configuration, before.refresh_token ?? '');
    tokens = fresh;
    return { claims: fresh.claims(), rotated: fresh.refresh_token !== before.refresh_token };
  },
  '/introspect': () => client.tokenIntrospection(configuration, held().access_token),
  async '/revoke'() {
    await client.tokenRevocation(configuration, held().refresh_token ?? '');
    return {};
  },
  '/logout': () =>
    client.buildEndSessionUrl(configuration, {
      id_token_hint: held().id_token ?? '',
      post_logout_redirect_uri: `${home}/`,
    }),
};

function send(response: ServerResponse, status: number, body: unknown): void {
  if (body instanceof URL) response.writeHead(302, { location: body.href }).end();
  else response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

const server = createServer((request, response) => {
  const address = new URL(request.url ?? '/', home);
  const answer = answers[address.pathname];
  if (!answer) return send(response, 404, {});
  void Promise.resolve(address)
    .then(answer)
    .then(
      (body) => send(response, 200, body),
      (error: Error & { error?: string; code?: string }) =>
        send(response, 500, { error: error.error ?? error.code ?? error.message }),
    );
});
process.on('disconnect', () => process.exit(0));
server.on('error', (error) => process.send?.({ failed: error.message }));
server.listen(Number(port), 'localhost', () => process.send?.({ ready: home }));
