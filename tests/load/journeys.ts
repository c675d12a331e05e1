import { createHash, randomBytes } from 'node:crypto';
import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from 'jose';
import { APPLICATION, basic, MACHINE, REDIRECT_URI } from './clients.ts';
import { type Answer, type Ask, type Connection, Cookies } from './connection.ts';
import { byPassword, type Way } from './ways.ts';

/** A person the bench signs in; the password is looked at by nobody where the hash is skipped. */
export interface Person {
  readonly login: string;
  readonly password: string;
}

/** A code, and what only the application that asked for it knows. */
export interface Redeemable {
  readonly code: string;
  readonly verifier: string;
  readonly nonce: string;
}

export interface Tokens {
  readonly access_token: string;
  readonly refresh_token: string;
  readonly id_token: string;
}

/** What a page or an answer says, without its markup. */
const wordsOf = (body: string) =>
  body
    .replace(/<head[\s\S]*<\/head>|<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ')
    .slice(0, 200);

export class Failed extends Error {
  override readonly name = 'Failed';
  readonly status: number;
  readonly retryAfter: string | undefined;
  constructor(step: string, { status, body, retryAfter }: Pick<Answer, 'status' | 'body' | 'retryAfter'>) {
    super(`${step}: ${status} ${wordsOf(body)}`);
    this.status = status;
    this.retryAfter = retryAfter;
  }
}

const SCOPE = 'openid profile email';

/** One virtual professional with a browser, and the application that sends them. */
export class Journey {
  readonly cookies = new Cookies();
  readonly issuer: URL;
  readonly #ask: Connection;
  readonly #keys: ReturnType<typeof createLocalJWKSet>;

  constructor(issuer: string, ask: Connection, jwks: JSONWebKeySet) {
    this.issuer = new URL(issuer);
    this.#ask = ask;
    this.#keys = createLocalJWKSet(jwks);
  }

  /** The browser is closed in the evening: what it keeps for months stays. */
  forgetSession(): void {
    this.cookies.forget(/session|interaction|resume/);
  }

  /** One request of the browser. A `location` in the answer is not followed. */
  async go(address: string, body?: Readonly<Record<string, string>>, more: Ask['headers'] = {}): Promise<Answer> {
    const url = new URL(address, this.issuer);
    const headers = {
      accept: 'text/html',
      'accept-language': 'fr',
      'user-agent': 'Bench/1',
      cookie: this.cookies.header(url.pathname),
      ...more,
    };
    const form = body === undefined ? {} : { method: 'POST' as const, body: new URLSearchParams(body).toString() };
    const answer = await this.#ask(url, { headers, ...form });
    this.cookies.keep(answer.cookies);
    return answer;
  }

  /** From the authorization request to the application's callback; signs in where a page asks. */
  async authorize(signIn?: Person | Way, more: Readonly<Record<string, string>> = {}): Promise<Redeemable> {
    const way = typeof signIn === 'object' ? byPassword(signIn) : signIn;
    const verifier = randomBytes(32).toString('base64url');
    const nonce = randomBytes(16).toString('base64url');
    const state = randomBytes(16).toString('base64url');
    const query = new URLSearchParams({
      client_id: APPLICATION.id,
      response_type: 'code',
      redirect_uri: REDIRECT_URI,
      scope: SCOPE,
      state,
      nonce,
      code_challenge: createHash('sha256').update(verifier).digest('base64url'),
      code_challenge_method: 'S256',
      ...more,
    });
    let answer = await this.go(`/authorize?${query}`);
    let at = '';
    for (let hop = 0; hop < 8; hop += 1) {
      if (answer.location === undefined) break;
      if (answer.location.startsWith(REDIRECT_URI)) {
        const back = new URL(answer.location).searchParams;
        if (back.get('state') !== state || !back.get('code'))
          throw new Failed('callback', { ...answer, body: answer.location });
        return { code: back.get('code') ?? '', verifier, nonce };
      }
      at = answer.location;
      answer = await this.go(at);
      const { pathname } = new URL(at, this.issuer);
      const asked = answer.location === undefined && answer.status === 200 && pathname.startsWith('/interaction/');
      if (asked && way) answer = await way(this, pathname, answer);
    }
    throw new Failed(`authorize ${at}`, answer);
  }

  async #token(fields: Record<string, string>): Promise<Tokens> {
    const answer = await this.#ask(new URL('/token', this.issuer), {
      method: 'POST',
      headers: { authorization: basic(APPLICATION) },
      body: new URLSearchParams(fields).toString(),
    });
    if (answer.status !== 200) throw new Failed('token', answer);
    return JSON.parse(answer.body) as Tokens;
  }

  /** @param acr what the ID token must say */
  async redeem({ code, verifier, nonce }: Redeemable, acr = 'eidas1'): Promise<Tokens> {
    const tokens = await this.#token({
      grant_type: 'authorization_code',
      code,
      redirect_uri: REDIRECT_URI,
      code_verifier: verifier,
    });
    const { payload } = await jwtVerify(tokens.id_token, this.#keys, {
      issuer: this.issuer.origin,
      audience: APPLICATION.id,
    });
    if (payload.nonce !== nonce || payload.acr !== acr) throw new Error('the ID token is not that of this request');
    return tokens;
  }

  refresh({ refresh_token }: Tokens): Promise<Tokens> {
    return this.#token({ grant_type: 'refresh_token', refresh_token });
  }

  async userinfo({ access_token }: Tokens): Promise<void> {
    const answer = await this.#ask(new URL('/userinfo', this.issuer), {
      headers: { authorization: `Bearer ${access_token}` },
    });
    if (answer.status !== 200 || !answer.body.includes('"sub"')) throw new Failed('userinfo', answer);
  }

  async introspect({ access_token }: Tokens): Promise<void> {
    const answer = await this.#ask(new URL('/introspect', this.issuer), {
      method: 'POST',
      headers: { authorization: basic(APPLICATION) },
      body: new URLSearchParams({ token: access_token }).toString(),
    });
    if (answer.status !== 200 || !answer.body.includes('"active":true')) throw new Failed('introspect', answer);
  }

  async clientCredentials(): Promise<void> {
    const answer = await this.#ask(new URL('/token', this.issuer), {
      method: 'POST',
      headers: { authorization: basic(MACHINE) },
      body: 'grant_type=client_credentials',
    });
    if (answer.status !== 200) throw new Failed('client credentials', answer);
  }

  async document(path: string): Promise<void> {
    const answer = await this.#ask(new URL(path, this.issuer), { headers: { accept: 'application/json' } });
    if (answer.status !== 200) throw new Failed(path, answer);
  }

  /** The sign-in page alone: the request and the two answers that lead to it. */
  async page(): Promise<void> {
    const query = new URLSearchParams({
      client_id: APPLICATION.id,
      response_type: 'code',
      redirect_uri: REDIRECT_URI,
      scope: SCOPE,
      code_challenge: 'x'.repeat(43),
      code_challenge_method: 'S256',
    });
    const first = await this.go(`/authorize?${query}`);
    if (first.location === undefined) throw new Failed('authorize', first);
    const second = await this.go(first.location);
    const answer = second.location === undefined ? second : await this.go(second.location);
    if (answer.status !== 200) throw new Failed('page', answer);
  }
}
